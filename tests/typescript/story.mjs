// The story with the TypeScript SDK's own client: node story.mjs URL KEY
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, key] = process.argv.slice(2);
const client = new Client({ name: "typescript-story", version: "1.0.0" });
await client.connect(
  new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { "x-api-key": key } } }),
);

async function call(name, args) {
  const result = await client.callTool({ name, arguments: args });
  if (result.isError) throw new Error(JSON.stringify(result.structuredContent));
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
const preview = await call("schedule_sessions", wanted);
const booked = await call("schedule_sessions", { ...wanted, confirmation_token: preview.confirmation_token });
const listed = await call("list_sessions", {});
const workspace = await client.readResource({ uri: "viva://workspace" });
await client.close();
console.log(
  JSON.stringify({
    tools: tools.length,
    scheduled: booked.scheduled,
    total: listed.meta.total,
    workspace: JSON.parse(workspace.contents[0].text).data.slug,
  }),
);
