// The story with the TypeScript SDK's own clients: node story.mjs v1|v2 URL KEY
// v1 speaks the handshake revisions, v2 the stateless one of 2026-07-28, with forms for its user.
const [line, url, key] = process.argv.slice(2);
const asked = [];

async function connected() {
  const about = { name: `typescript-story-${line}`, version: "1.0.0" };
  const request = { requestInit: { headers: { "x-api-key": key } } };
  if (line === "v1") {
    const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
    const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
    const client = new Client(about);
    await client.connect(new StreamableHTTPClientTransport(new URL(url), request));
    return client;
  }
  const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const client = new Client(about, {
    versionNegotiation: { mode: "auto" },
    capabilities: { elicitation: { form: {} } },
  });
  client.setRequestHandler("elicitation/create", async ({ params }) => {
    asked.push(params.message);
    return { action: "accept", content: { confirm: true } };
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), request));
  return client;
}

const client = await connected();

async function call(name, args) {
  const result = await client.callTool({ name, arguments: args });
  if (result.isError) throw new Error(JSON.stringify(result.content));
  return result.structuredContent;
}

const { tools } = await client.listTools();
const profile = await call("create_agent_profile", {
  name: "Alex",
  persona: "I am Alex.",
  useCase: "hiring",
  evaluationDimensions: [{ name: "Depth", description: "Knows why", weight: 100 }],
});
await call("create_evaluation_template", { template_name: "Backend Engineer", use_case: "hiring" });
await call("compose_evaluation_stages", {
  id: "Backend Engineer",
  stages: [{ type: "screen", agent_profile_id: profile.data.id }],
});
await call("create_participant", { name: "Ada", email: "ada@example.com" });
const wanted = { candidate_ids: ["Ada"], evaluation_template_id: "Backend Engineer", stage: "screen" };
let booked = await call("schedule_sessions", wanted);
if (booked.confirmation_token) {
  booked = await call("schedule_sessions", { ...wanted, confirmation_token: booked.confirmation_token });
}
const listed = await call("list_sessions", {});
const workspace = await client.readResource({ uri: "viva://workspace" });
const prompt = await client.getPrompt({ name: "set_up_interview", arguments: { role: "Data Engineer" } });
await client.close();
console.log(
  JSON.stringify({
    tools: tools.length,
    asked,
    scheduled: booked.scheduled,
    total: listed.meta.total,
    workspace: JSON.parse(workspace.contents[0].text).data.slug,
    prompted: prompt.messages[0].content.text.includes("Data Engineer"),
  }),
);
