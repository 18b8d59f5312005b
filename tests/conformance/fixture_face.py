"""Our MCP face with the tools, resources and prompts that the conformance suite wants to find.

Everything around them is Viva's own: the server, the sealing of request state, the endpoint, the protection
against rebinding. Only what is listed and answered differs.
"""

import base64
from collections.abc import Awaitable, Callable
from typing import Any, cast

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from starlette.applications import Starlette

from server.mcp.endpoint import manager_for, mcp_routes
from server.mcp.face import McpFace
from server.mcp.resources import unknown_resource
from server.mcp.tools import header_schemas
from tools.kernel.operation import Services

Context = ServerRequestContext[Any, Any]
Answer = types.CallToolResult | types.InputRequiredResult
Params = types.CallToolRequestParams

# one pixel
PNG = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
        "a5f645400000000049454e44ae426082"
    )
).decode()
WAV = base64.b64encode(b"RIFF$\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00@\x1f\x00\x00").decode()


def said(*texts: str, error: bool = False) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text) for text in texts], is_error=error
    )


def embedded(uri: str, text: str, kind: str = "text/plain") -> types.EmbeddedResource:
    return types.EmbeddedResource(
        type="resource", resource=types.TextResourceContents(uri=uri, mime_type=kind, text=text)
    )


def asks(message: str, **members: str) -> types.ElicitRequest:
    """A form with these members: name → JSON type."""
    schema: Any = {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in members.items()},
        "required": list(members),
    }
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))


def samples(text: str, most: int) -> types.CreateMessageRequest:
    message = types.SamplingMessage(role="user", content=types.TextContent(type="text", text=text))
    return types.CreateMessageRequest(
        params=types.CreateMessageRequestParams(messages=[message], max_tokens=most)
    )


def needs(state: str | None = None, **requests: Any) -> types.InputRequiredResult:
    return types.InputRequiredResult(input_requests=requests, request_state=state)


def given(params: Params, name: str) -> Any:
    """A response of the right kind to the input request of this name, if there is one."""
    return (params.input_responses or {}).get(name)


def form(params: Params, name: str) -> dict[str, Any] | None:
    response = given(params, name)
    return dict(response.content or {}) if isinstance(response, types.ElicitResult) else None


async def simple_text(ctx: Context, params: Params) -> Answer:
    return said("This is a simple text response for testing.")


async def image(ctx: Context, params: Params) -> Answer:
    return types.CallToolResult(content=[types.ImageContent(type="image", data=PNG, mime_type="image/png")])


async def audio(ctx: Context, params: Params) -> Answer:
    return types.CallToolResult(content=[types.AudioContent(type="audio", data=WAV, mime_type="audio/wav")])


async def resource(ctx: Context, params: Params) -> Answer:
    return types.CallToolResult(
        content=[embedded("test://embedded-resource", "This is an embedded resource content.")]
    )


async def mixed(ctx: Context, params: Params) -> Answer:
    return types.CallToolResult(
        content=[
            types.TextContent(type="text", text="Multiple content types test:"),
            types.ImageContent(type="image", data=PNG, mime_type="image/png"),
            embedded("test://mixed-content-resource", '{"test":"data","value":123}', "application/json"),
        ]
    )


async def error(ctx: Context, params: Params) -> Answer:
    return said("This tool intentionally returns an error for testing", error=True)


async def elicitation(ctx: Context, params: Params) -> Answer:
    answer = form(params, "user_name")
    if answer is None:
        return needs(user_name=asks("What is your name?", name="string"))
    return said(f"Hello, {answer.get('name')}!")


async def sampling(ctx: Context, params: Params) -> Answer:
    answer = given(params, "capital_question")
    if answer is None:
        return needs(capital_question=samples("What is the capital of France?", 100))
    return said(str(getattr(answer.content, "text", answer.content)))


async def roots(ctx: Context, params: Params) -> Answer:
    answer = given(params, "client_roots")
    if not isinstance(answer, types.ListRootsResult):
        return needs(client_roots=types.ListRootsRequest())
    return said(", ".join(str(root.uri) for root in answer.roots))


async def request_state(ctx: Context, params: Params) -> Answer:
    if params.request_state != "waiting" or form(params, "confirm") is None:
        return needs("waiting", confirm=asks("Please confirm", ok="boolean"))
    return said("state-ok")


async def multiple_inputs(ctx: Context, params: Params) -> Answer:
    if form(params, "user_name") is None or given(params, "greeting") is None:
        return needs(
            "all three",
            user_name=asks("What is your name?", name="string"),
            greeting=samples("Generate a greeting", 50),
            client_roots=types.ListRootsRequest(),
        )
    return said("All three came back.")


async def multi_round(ctx: Context, params: Params) -> Answer:
    if params.request_state == "second" and form(params, "step2") is not None:
        return said("Both rounds are done.")
    if params.request_state == "first" and form(params, "step1") is not None:
        return needs("second", step2=asks("Step 2: What is your favorite color?", color="string"))
    return needs("first", step1=asks("Step 1: What is your name?", name="string"))


async def capabilities(ctx: Context, params: Params) -> Answer:
    declared = ctx.session.client_capabilities
    wanted: dict[str, Any] = {}
    if declared is not None and declared.elicitation is not None:
        wanted["name"] = asks("What is your name?", name="string")
    if declared is not None and declared.sampling is not None:
        wanted["greeting"] = samples("Generate a greeting", 50)
    return needs(**wanted) if wanted and not params.input_responses else said("Nothing to ask.")


async def missing_capability(ctx: Context, params: Params) -> Answer:
    declared = ctx.session.client_capabilities
    if declared is None or declared.sampling is None:
        needed = types.ClientCapabilities(sampling=types.SamplingCapability())
        data = types.MissingRequiredClientCapabilityErrorData(required_capabilities=needed)
        raise MCPError(
            types.MISSING_REQUIRED_CLIENT_CAPABILITY,
            "This tool needs the sampling capability.",
            data.model_dump(mode="json", by_alias=True, exclude_none=True),
        )
    return said("The capability is there.")


async def quiet(ctx: Context, params: Params) -> Answer:
    return said("Done, and nothing was logged.")


Handler = Callable[[Context, Params], Awaitable[Answer]]
TOOLS: dict[str, Handler] = {
    "test_simple_text": simple_text,
    "test_image_content": image,
    "test_audio_content": audio,
    "test_embedded_resource": resource,
    "test_multiple_content_types": mixed,
    "test_error_handling": error,
    "test_input_required_result_elicitation": elicitation,
    "test_input_required_result_sampling": sampling,
    "test_input_required_result_list_roots": roots,
    "test_input_required_result_request_state": request_state,
    "test_input_required_result_tampered_state": request_state,
    "test_input_required_result_multiple_inputs": multiple_inputs,
    "test_input_required_result_multi_round": multi_round,
    "test_input_required_result_capabilities": capabilities,
    "test_missing_capability": missing_capability,
    "test_streaming_elicitation": elicitation,
    "test_logging_tool": quiet,
    "test_custom_headers": quiet,
    "json_schema_2020_12_tool": quiet,
}
_PLAIN: dict[str, Any] = {"type": "object", "properties": {}}
SCHEMAS: dict[str, dict[str, Any]] = {
    "test_custom_headers": {
        "type": "object",
        "properties": {"region": {"type": "string", "x-mcp-header": "Region"}},
    },
    # the face hands on whatever a schema says
    "json_schema_2020_12_tool": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
            }
        },
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": False,
    },
}


FIXTURES = [
    types.Tool(name=name, description=f"Fixture {name}.", input_schema=SCHEMAS.get(name, _PLAIN))
    for name in TOOLS
]


class FixtureFace(McpFace):
    """Viva's face over the fixtures."""

    def __init__(self) -> None:
        # nothing that is asked of the fixtures reaches a service
        super().__init__(cast("Services", None), {})
        self._resources = FixtureResources()  # type: ignore[assignment]
        self._prompts = FixturePrompts()  # type: ignore[assignment]
        self._toolbox.headers |= header_schemas(FIXTURES)

    async def list_tools(
        self, ctx: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=FIXTURES)

    async def call_tool(self, ctx: Context, params: Params) -> Answer:
        handler = TOOLS.get(params.name)
        if handler is None:
            raise MCPError(types.INVALID_PARAMS, "There is no tool with this name.")
        return await handler(ctx, params)


class FixtureResources:
    """Static and templated resources."""

    async def list_resources(self, ctx: Context, params: Any) -> types.ListResourcesResult:
        return types.ListResourcesResult(
            resources=[
                types.Resource(uri="test://static-text", name="text", mime_type="text/plain"),
                types.Resource(uri="test://static-binary", name="binary", mime_type="image/png"),
            ]
        )

    async def list_templates(self, ctx: Context, params: Any) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(
            resource_templates=[types.ResourceTemplate(uri_template="test://template/{id}/data", name="data")]
        )

    async def read(self, ctx: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        uri = params.uri
        found: types.TextResourceContents | types.BlobResourceContents
        if uri == "test://static-text":
            text = "This is the content of the static text resource."
            found = types.TextResourceContents(uri=uri, mime_type="text/plain", text=text)
        elif uri == "test://static-binary":
            found = types.BlobResourceContents(uri=uri, mime_type="image/png", blob=PNG)
        elif uri.startswith("test://template/") and uri.endswith("/data"):
            id_ = uri.split("/")[3]
            text = f'{{"id":"{id_}","templateTest":true,"data":"Data for ID: {id_}"}}'
            found = types.TextResourceContents(uri=uri, mime_type="application/json", text=text)
        else:
            raise unknown_resource(ctx, uri)
        return types.ReadResourceResult(contents=[found])


class FixturePrompts:
    """Prompts with and without arguments, resources, images, and one that asks."""

    _arguments: dict[str, tuple[str, ...]] = {  # noqa: RUF012
        "test_simple_prompt": (),
        "test_prompt_with_arguments": ("arg1", "arg2"),
        "test_prompt_with_embedded_resource": ("resourceUri",),
        "test_prompt_with_image": (),
        "test_input_required_result_prompt": (),
    }

    async def list_prompts(self, ctx: Context, params: Any) -> types.ListPromptsResult:
        return types.ListPromptsResult(
            prompts=[
                types.Prompt(
                    name=name,
                    description=f"Fixture {name}.",
                    arguments=[types.PromptArgument(name=argument, required=True) for argument in arguments],
                )
                for name, arguments in self._arguments.items()
            ]
        )

    async def get(
        self, ctx: Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult | types.InputRequiredResult:
        values = params.arguments or {}
        if params.name == "test_input_required_result_prompt" and not params.input_responses:
            return needs(user_context=asks("What context should the prompt use?", context="string"))
        contents: dict[str, list[Any]] = {
            "test_simple_prompt": ["This is a simple prompt for testing."],
            "test_prompt_with_arguments": [
                f"Prompt with arguments: arg1='{values.get('arg1')}', arg2='{values.get('arg2')}'"
            ],
            "test_prompt_with_embedded_resource": [
                embedded(values.get("resourceUri", ""), "Embedded resource content for testing."),
                "Please process the embedded resource above.",
            ],
            "test_prompt_with_image": [
                types.ImageContent(type="image", data=PNG, mime_type="image/png"),
                "Please analyze the image above.",
            ],
            "test_input_required_result_prompt": ["The context came back."],
        }
        if params.name not in contents:
            raise MCPError(types.INVALID_PARAMS, "There is no prompt with this name.")
        return types.GetPromptResult(messages=[_message(part) for part in contents[params.name]])

    async def complete(self, ctx: Context, params: types.CompleteRequestParams) -> types.CompleteResult:
        return types.CompleteResult(completion=types.Completion(values=["paris", "park", "party"], total=3))


def _message(part: Any) -> types.PromptMessage:
    content = types.TextContent(type="text", text=part) if isinstance(part, str) else part
    return types.PromptMessage(role="user", content=content)


def fixture_app(port: int) -> Starlette:
    """The fixture face behind Viva's own endpoint; without the gate, as it has no tenants."""
    server = FixtureFace().server("1.0", b"0" * 32)
    manager = manager_for(server, f"http://127.0.0.1:{port}", "")
    return Starlette(routes=mcp_routes(manager, "fixture", "1.0"), lifespan=lambda _app: manager.run())
