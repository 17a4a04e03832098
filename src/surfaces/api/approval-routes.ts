import { z } from "zod";
import { isObject, type Json } from "../../core/json.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import { faultOf } from "../fault.ts";
import { Refusal } from "../http/refusal.ts";
import {
  type Approvals,
  answerBody,
  answersAnswer,
  answersBody,
  approvalForm,
  approvalsQuery,
  attentionAnswer,
  explainBody,
  ruleDraft,
  ticketForm,
} from "./approvals.ts";
import { notFound, refuse } from "./problem.ts";
import { type ApiRoute, ok } from "./route.ts";

const OWN_QUESTIONS = "for operators only: whoever asks cannot answer; what is approved passes `guard` when it is asked for again";

/** The questions to people, and their answers. */
export function approvalRoutes(approvals: Approvals): readonly ApiRoute[] {
  return [
    {
      method: "GET",
      path: "/api/v1/approvals",
      summary: "What people were asked, newest first.",
      guarded: false,
      because: OWN_QUESTIONS,
      query: approvalsQuery,
      answer: z.array(approvalForm),
      access: {
        needs: "operator",
        async run({ query }) {
          const read = approvalsQuery.safeParse(Object.fromEntries([...query].filter(([, value]) => value !== "")));
          if (!read.success) return refuse(faultOf(read.error));
          const { state, limit } = read.data;
          if (state === "pending") return ok(await approvals.list(limit, state));
          return ok((await approvals.list(limit)).filter((one) => state === undefined || one.state === state));
        },
      },
    },
    {
      method: "POST",
      path: "/api/v1/approvals",
      summary: "One answer to several questions of the same shape. Each is bound to what was looked at, counts by itself, and has its own receipt.",
      guarded: false,
      because: OWN_QUESTIONS,
      body: answersBody,
      answer: answersAnswer,
      stepUp: "action",
      spares: letsNothingThrough,
      access: {
        needs: "operator",
        async run({ body }, caller) {
          const read = answersBody.safeParse(body);
          if (!read.success) return refuse(faultOf(read.error));
          const answered = await approvals.answerAll(caller, read.data);
          if ("refused" in answered) throw new Refusal(409, "denied", answered.text);
          return ok(answered);
        },
      },
    },
    {
      method: "GET",
      path: "/api/v1/attention",
      summary: "How people look at what they answer: how long, how often they approve, and which planted questions they saw through.",
      guarded: false,
      because: OWN_QUESTIONS,
      answer: attentionAnswer,
      access: { needs: "operator", run: (_call, { name }) => ok(approvals.attention(name)) },
    },
    {
      method: "GET",
      path: "/api/v1/approvals/:id",
      summary: "One question, whole, with its receipt once it is answered.",
      guarded: false,
      because: OWN_QUESTIONS,
      answer: approvalForm,
      access: {
        needs: "operator",
        async run({ params }, { name }) {
          const found = await approvals.get(params["id"] ?? "", name);
          if (found === undefined) throw notFound("there is no approval of this id");
          return ok(found);
        },
      },
    },
    {
      method: "GET",
      path: "/api/v1/approvals/:id/rule",
      summary: "What a person said of it, as a rule to read and paste, with its test. Nothing is changed.",
      guarded: false,
      because: OWN_QUESTIONS,
      answer: ruleDraft,
      access: {
        needs: "operator",
        async run({ params }) {
          const found = await approvals.rule(params["id"] ?? "");
          if (found === undefined) throw notFound("there is no approval of this id");
          if ("refused" in found) throw new Refusal(409, "denied", found.refused);
          return ok(found);
        },
      },
    },
    {
      method: "POST",
      path: "/api/v1/approvals/:id",
      summary: "Answers a question: approve, edit (approve with other arguments) or reject; or asks the agent behind it.",
      guarded: false,
      because: OWN_QUESTIONS,
      body: answerBody,
      answer: approvalForm,
      stepUp: "action",
      spares: letsNothingThrough,
      access: {
        needs: "operator",
        async run({ params, body }, caller) {
          const read = answerBody.safeParse(body);
          if (!read.success) return refuse(faultOf(read.error));
          const { action, args, reason, digest } = read.data;
          const given = { action, ...withoutAbsent({ args, reason, digest }) };
          const answered = await approvals.answer(params["id"] ?? "", caller, given);
          if ("refused" in answered) throw new Refusal(REFUSED[answered.refused] ?? 409, "denied", answered.text);
          return ok(answered.approval);
        },
      },
    },
    {
      method: "GET",
      path: "/api/v1/tickets/:id",
      summary: "Whether a question of the caller's own was answered. Once it is approved, asking `decide` for the same again permits it, once.",
      guarded: false,
      because: "tells a caller the state of its own question, which asking again would tell as well",
      answer: ticketForm,
      access: {
        needs: "key",
        async run({ params }, principal) {
          const found = await approvals.ticket(params["id"] ?? "", principal);
          if (found === undefined) throw notFound("you have no question of this id");
          return ok(found);
        },
      },
    },
    {
      method: "POST",
      path: "/api/v1/tickets/:id",
      summary: "Says something of a question of the caller's own, as where a person asks about it. It answers nothing.",
      guarded: false,
      because: "puts words beside the caller's own question, which people read as the agent's; nothing is decided by them",
      body: explainBody,
      answer: ticketForm,
      access: {
        needs: "key",
        async run({ params, body }, principal) {
          const read = explainBody.safeParse(body);
          if (!read.success) return refuse(faultOf(read.error));
          const said = await approvals.explain(params["id"] ?? "", principal, read.data.text);
          if ("refused" in said) throw new Refusal(REFUSED[said.refused] ?? 409, "denied", said.text);
          return ok(said.ticket);
        },
      },
    },
  ];
}

const letsNothingThrough = (body: Json): boolean => isObject(body) && (body["action"] === "reject" || body["action"] === "ask");

/** By why an answer does not count; for the rest, the question is not as the caller believes (409). */
const REFUSED: { readonly [why: string]: number } = { "not-there": 404, "not-yours": 403, "own-request": 403, denied: 403, "not-arguments": 400 };
