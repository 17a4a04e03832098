import { type Decision, deny, type Inspection, type Match, permit, type Request } from "../../core/index.ts";
import type { OutputAction } from "../actions.ts";
import type { Act, Place } from "../channel.ts";
import { addressOf } from "./address.ts";
import { type Conversation, carriesText, conversation } from "./carries.ts";
import { knownHosts } from "./known.ts";
import { targetsIn } from "./target.ts";

/** What becomes of an address at a host that nobody named, by whether it carries something. */
export interface LinkActions {
  /** Hosts that are known whoever names them: `docs.example.com`, or `*.example.com` for all below it. */
  readonly hosts: readonly string[];
  /** What a reader's program loads by itself. */
  readonly images: { readonly data: OutputAction; readonly plain: OutputAction };
  /** What a person would have to follow. */
  readonly links: { readonly data: OutputAction; readonly plain: OutputAction };
}

export const LINK_ACTIONS: LinkActions = { hosts: [], images: { data: "mask", plain: "report" }, links: { data: "report", plain: "report" } };

/** The addresses of one answer. */
export interface Links {
  /** For one text of it. */
  judge(): (match: Match, place: Place) => Act;
  decisions(): readonly Decision[];
}

/** So many addresses of one unknown host say something by which of them there are, be each as short as a letter. */
const MANY = 4;
/** What a reader sees where an address was, and a program that follows it goes nowhere. */
const NOWHERE = "#removed-by-holdfast";

export function links(actions: LinkActions, request: Request, { passages }: Inspection): Links {
  const content = request.read ?? request.content;
  const isKnown = knownHosts(actions.hosts, content);
  let said: Conversation | undefined;
  const decided = new Map<string, Decision>();

  return {
    judge() {
      const loaded = new Map<string, Set<string>>();
      let seen = 0;
      return ({ detector, start, end }, { text, before }) => {
        // What was judged with the place it stands in is not judged again by itself.
        if (start < seen) return "leave";
        seen = end;
        const { lead, targets, follows, loads, all } = targetsIn(text, before);
        let [unknown, data] = [false, false];
        for (const target of targets) {
          const address = addressOf(target);
          if (address === undefined || isKnown(address.host)) continue;
          unknown = true;
          said ??= conversation(content, passages);
          data ||= all || address.host === "" || carriesText(address) || said.quotedIn(address, target);
          if (!loads) continue;
          const others = loaded.get(address.host) ?? new Set();
          if (others.size <= MANY) loaded.set(address.host, others.add(target));
          data ||= others.size > MANY;
        }
        if (!unknown) return "leave";
        const [kind, what] = [follows ? "links" : "images", data ? "data" : "plain"] as const;
        const action = actions[kind][what];
        if (action === "report") {
          const id = `output/links/${kind}/${what}`;
          decided.set(id, permit({ id, text: WORDS[kind][what] }));
          return "leave";
        }
        const id = `detectors/${detector}`;
        decided.set(id, action === "block" ? deny({ id, text: `withheld the answer from ${detector} on` }) : permit({ id, text: `masked ${detector}` }));
        return action === "block" ? "block" : { by: lead + NOWHERE };
      };
    },
    decisions: () => [...decided.values()],
  };
}

const WORDS = {
  images: {
    data: "the answer loads something from a host that nobody named, and its address carries data",
    plain: "the answer loads something from a host that nobody named",
  },
  links: { data: "the answer links to a host that nobody named, and its address carries data", plain: "the answer links to a host that nobody named" },
} as const;
