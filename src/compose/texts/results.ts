import type { Problem } from "../../config/fault.ts";
import type { Config } from "../../config/index.ts";
import type { Json, JsonObject, Request } from "../../core/index.ts";
import { type Form, formOf } from "../../output/index.ts";
import { compilePattern, type Policy } from "../../permission/index.ts";

/** What the results of tools must be, by configuration and by what their servers declare. */
export interface Results {
  /** What configuration says of the tool that a request calls. */
  readonly of: (request: Request) => { readonly form: Form; readonly enforce: boolean } | undefined;
  /** What is wrong with a structured result by the schema that the tool's server declared, and whether it must not be handed on. */
  readonly fault: (tool: string, declared: JsonObject, value: Json) => { readonly text: string; readonly enforce: boolean } | undefined;
}

/** What is wrong with the schemas that configuration holds. */
export function checkResults({ tools }: Config): readonly Problem[] {
  return Object.entries(tools).flatMap(([server, { tools: own }]) =>
    Object.entries(own).flatMap(([name, { result }]) => {
      const why = result?.schema === undefined ? undefined : formOf(result.schema, compilePattern).unusable;
      return why === undefined ? [] : [{ path: ["tools", server, "tools", name, "result", "schema"], message: `the schema cannot be used: ${why}` }];
    }),
  );
}

/** Forms are made once: of the configuration when the first result comes, of a server's definition for as long as the definition is kept. */
export function resultsOf({ tools }: Config, policy: Policy): Results {
  const declared = new WeakMap<JsonObject, Form>();
  const configured = new Map<string, NonNullable<ReturnType<Results["of"]>>>();
  const said = (id: string) => {
    const dot = id.indexOf(".");
    const server = Object.hasOwn(tools, id.slice(0, Math.max(dot, 0))) ? tools[id.slice(0, dot)] : undefined;
    const name = id.slice(dot + 1);
    return server !== undefined && Object.hasOwn(server.tools, name) ? server.tools[name]?.result : undefined;
  };
  return {
    of({ action: { type, tool } }) {
      if (type !== "tool.call" || tool === undefined) return undefined;
      const id = policy.tools.id(tool);
      const known = configured.get(id);
      if (known !== undefined) return known;
      const result = said(id);
      if (result?.schema === undefined || result.check === "off") return undefined;
      const made = { form: formOf(result.schema, compilePattern), enforce: result.check === "enforce" };
      configured.set(id, made);
      return made;
    },
    fault(tool, schema, value) {
      const check = said(policy.tools.id(tool))?.check ?? "enforce";
      if (check === "off") return undefined;
      let form = declared.get(schema);
      if (form === undefined) declared.set(schema, (form = formOf(schema, compilePattern)));
      const text = form.fault(value);
      return text === undefined ? undefined : { text, enforce: check === "enforce" };
    },
  };
}
