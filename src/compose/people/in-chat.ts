import type { Config } from "../../config/index.ts";
import type { Principal } from "../../core/request.ts";
import { confirmationIn, type Inbox, inquiryIn, isForChat } from "../../oversight/index.ts";
import type { InChat } from "../../surfaces/mcp-gateway/in-chat.ts";
import type { Documents } from "../../vault/documents.ts";
import { createPasskeys } from "../../vault/passkeys.ts";

export interface InChatParts {
  readonly inbox: Pick<Inbox, "get" | "stateOf" | "confirm" | "explain">;
  readonly documents: Documents;
  readonly inForce: () => { readonly config: Config; readonly digest: string };
}

/** Whether a passkey would have to sign what these people answer: no chat can show one. Rejects where that cannot be known. */
export function steppingUp(documents: Documents): (config: Config, people: readonly string[]) => Promise<boolean> {
  const passkeys = createPasskeys(documents);
  return async ({ oversight }, people) => {
    if (oversight.step_up !== "registered") return oversight.step_up === "required";
    const had = await Promise.all(people.map((person) => passkeys.of(person)));
    return had.some((keys) => keys.length > 0);
  };
}

/** What people may be asked in the MCP client of their agent. */
export function inChatOf({ inbox, documents, inForce }: InChatParts): InChat {
  const needsPasskey = steppingUp(documents);
  const mayConfirm = async ({ user }: Principal): Promise<boolean> =>
    user !== undefined && !(await needsPasskey(inForce().config, namesOf(inForce().config, user)));
  return {
    async asks(ticket, principal) {
      const approval = await inbox.get(ticket);
      if (approval === undefined || inbox.stateOf(approval) !== "pending") return {};
      const { config, digest } = inForce();
      const asked =
        isForChat(approval, "elicitation", digest) && (await mayConfirm(principal)) ? confirmationIn(approval, config.oversight.language) : undefined;
      const wanted = inquiryIn(approval, config.oversight.language);
      return { ...(asked === undefined ? {} : { confirmation: asked }), ...(wanted === undefined ? {} : { inquiry: wanted }) };
    },
    async confirm(ticket, principal, action) {
      // Asked again: what was true when the form was shown may not be any more.
      if (await mayConfirm(principal)) await inbox.confirm(ticket, principal, action);
    },
    async explain(ticket, principal, text) {
      await inbox.explain(ticket, principal, text);
    },
  };
}

/** The people whom agents' keys call so. */
const namesOf = ({ people }: Config, wanted: string): readonly string[] =>
  Object.entries(people).flatMap(([name, { user, login }]) => ([name, user, login].includes(wanted) ? [name] : []));
