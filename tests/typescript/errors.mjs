// Errors of every tool with the TypeScript SDK's own clients, which check answers against the tools' output schemas:
// node errors.mjs v1|v2 URL KEY. Prints, for each call, the tool and what the client made of the error.
const [line, url, key] = process.argv.slice(2);

async function connected() {
  const about = { name: `typescript-errors-${line}`, version: "1.0.0" };
  const request = { requestInit: { headers: { "x-api-key": key } } };
  const from = line === "v1" ? "@modelcontextprotocol/sdk/client/index.js" : "@modelcontextprotocol/client";
  const over = line === "v1" ? "@modelcontextprotocol/sdk/client/streamableHttp.js" : from;
  const { Client } = await import(from);
  const { StreamableHTTPClientTransport } = await import(over);
  const client = line === "v1" ? new Client(about) : new Client(about, { versionNegotiation: { mode: "auto" } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), request));
  return client;
}

const client = await connected();
const nowhere = "00000000-0000-7000-8000-000000000000";

async function provoke(name, kind, args) {
  try {
    const { isError, structuredContent, content } = await client.callTool({ name, arguments: args });
    return { name, kind, isError, structured: structuredContent !== undefined, text: content.map((each) => each.text) };
  } catch (error) {
    return { name, kind, thrown: String(error) };
  }
}

const { tools } = await client.listTools();
const seen = [];
for (const { name, inputSchema } of tools) {
  seen.push(await provoke(name, "unknown", { no_such_argument: 1 }));
  if (inputSchema.properties.id) seen.push(await provoke(name, "nowhere", { id: nowhere }));
  for (const member of ["name", "status", "page"]) {
    if (inputSchema.properties[member]) seen.push(await provoke(name, "wrong", { [member]: { wrong: true } }));
  }
}
await client.close();
console.log(JSON.stringify(seen));
