import type { Decision, Inspection, Passage, Request, Scanner } from "../core/index.ts";
import { type Channel, openChannel } from "./channel.ts";
import type { OpenConduct } from "./conduct.ts";
import { LINK_ACTIONS, type LinkActions, links } from "./links/links.ts";
import { BEHIND } from "./links/target.ts";
import { PROMPT_ACTIONS, type PromptActions, prompt } from "./prompt/prompt.ts";

/** What is asked of a model's words beside what was found in them: where addresses lead, and whether they tell the system prompt. */
export interface SaidOptions {
  /** Finds what is judged (`detectors/marks.ts`). */
  readonly marks: Scanner;
  readonly links?: LinkActions;
  readonly prompt?: PromptActions;
  /** The marker in the system prompt of a request. */
  readonly canary?: (request: Request) => string | undefined;
  readonly decode?: (text: string) => readonly { readonly text: string }[];
  /** A text in plain letters, whatever alphabet or dress they wear. */
  readonly fold?: (text: string) => string;
  /** What it should not say, where that is to be masked or to end the answer. */
  readonly conduct?: OpenConduct | undefined;
}

/** The words of one answer. */
export interface Said {
  /** One text of it, once everything found in it is masked: masks take characters out, and what is left may read otherwise. */
  open(ends: () => void): Channel;
  decisions(passages: readonly Passage[]): readonly Decision[];
}

/** What a model says. What a tool answers goes to the model: its addresses are its own. */
export const SPOKEN: ReadonlySet<Request["action"]["type"]> = new Set(["model.call", "message.send", "client.sample", "client.elicit"]);

/** Undefined where the answer is nobody's words to a person. */
export function openSaid(options: SaidOptions, request: Request, inspection: Inspection): Said | undefined {
  if (!SPOKEN.has(request.action.type)) return undefined;
  const { marks, canary, decode = () => [], fold = (text) => text, conduct } = options;
  const addresses = links(options.links ?? LINK_ACTIONS, request, inspection);
  const secrecy = prompt({ ...(options.prompt ?? PROMPT_ACTIONS), canary: canary?.(request), decode, fold }, request);
  return {
    open(ends) {
      const judge = addresses.judge();
      return openChannel({
        holding: secrecy.scanner(marks),
        behind: BEHIND,
        act: (match, place) => {
          const acted = secrecy.act(match, place.text) ?? conduct?.act(match) ?? judge(match, place);
          if (acted === "block") ends();
          return acted;
        },
      });
    },
    decisions: (passages) => [...addresses.decisions(), ...secrecy.decisions(passages), ...(conduct?.decisions() ?? [])],
  };
}
