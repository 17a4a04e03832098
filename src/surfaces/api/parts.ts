import type { Source } from "../../core/content.ts";
import type { Json, JsonLimits } from "../../core/json.ts";
import type { Label } from "../../core/label.ts";
import type { Layers } from "../../core/layers.ts";
import type { Operator } from "../console/index.ts";
import type { KeyCheck } from "../http/authenticate.ts";
import type { Agents } from "./agents.ts";
import type { Approvals } from "./approvals.ts";
import type { Status } from "./forms.ts";
import type { History } from "./history.ts";
import type { IncidentCalls } from "./incidents.ts";
import type { PasskeyCalls } from "./passkeys.ts";
import type { Policies } from "./policies.ts";
import type { RollbackCalls } from "./rollbacks.ts";
import type { CallerSession } from "./route.ts";
import type { Settings } from "./settings.ts";
import type { StepUp } from "./step-up.ts";

/** An operator, and what they showed. */
export type Known =
  | { readonly operator: Operator; readonly by: "token" }
  | { readonly operator: Operator; readonly by: "cookie"; readonly session: CallerSession };

/** What the API is made of. */
export interface ApiParts {
  readonly layers: Layers;
  /** The label that configuration gives a source. */
  readonly label: (source: Source) => Label;
  /** How much of a body is read. */
  readonly limits: JsonLimits;
  /** The longest text that is inspected, in UTF-16 code units. */
  readonly longestText: number;
  /** A fresh id for a request, which is also its decision's. */
  readonly newId: () => string;
  readonly keys: KeyCheck;
  /** What the agent that this decision lets call shows with what it does for it; undefined where none is called. */
  readonly chainOf?: (request: string) => string | undefined;
  /** The operator a call comes from, by session cookie or operator token; `by` says which, because only a cookie is sent by browsers on their own. */
  readonly operator: (headers: Headers) => Promise<Known | undefined>;
  readonly stepUp: StepUp;
  readonly passkeys: PasskeyCalls;
  readonly settings: Settings;
  readonly history: History;
  readonly approvals: Approvals;
  readonly agents: Agents;
  readonly incidents: IncidentCalls;
  readonly policies: Policies;
  readonly rollbacks: RollbackCalls;
  readonly status: () => Status | Promise<Status>;
  /** Runs one of the practice tasks through the gateway, for the first minute at the console. Rejects with `bad-request` for a task it does not know. */
  readonly sample: (task: string) => Promise<Json>;
  /** Where clients reach this server: `http://127.0.0.1:8787`. */
  readonly baseUrl: string;
  readonly version: string;
}
