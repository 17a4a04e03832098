import { z } from "zod";
import { faultOf } from "../fault.ts";
import { inspectBody, inspectForm, readItem } from "../inspect.ts";
import { wireRequest } from "../request.ts";
import { agentRoutes } from "./agents.ts";
import { approvalRoutes } from "./approval-routes.ts";
import { authzenConfiguration, EVALUATION_PATH, evaluationBody, evaluationCall } from "./authzen.ts";
import { decideCall } from "./decide.ts";
import { auditPage, decideAnswer, evaluationAnswer, inspectAnswer, releaseAnswer, status, story, timeline } from "./forms.ts";
import { auditQuery, timelineQuery, wantedOf } from "./history.ts";
import { incidentRoutes } from "./incidents.ts";
import { liveStream } from "./live.ts";
import type { OpenDecisions } from "./open.ts";
import { openApi } from "./openapi.ts";
import type { ApiParts } from "./parts.ts";
import { passkeyRoutes } from "./passkeys.ts";
import { policyRoutes } from "./policies.ts";
import { notFound, refuse } from "./problem.ts";
import { releaseBody, releaseCall } from "./release.ts";
import { rollbackRoutes } from "./rollbacks.ts";
import { type ApiRoute, type Call, ok } from "./route.ts";
import { settingsRoutes } from "./settings.ts";
import { stepUpRoute } from "./step-up.ts";

const sampleBody = z.strictObject({ task: z.string().min(1).max(64) }).meta({ id: "SampleBody" });

const OWN_LOG = "shows an operator what was decided; agents' credentials do not reach it";

/** Every route of the API. What is not here is not there. */
export function apiRoutes(parts: ApiParts, open: OpenDecisions): readonly ApiRoute[] {
  const { layers, history } = parts;
  const routes: readonly ApiRoute[] = [
    {
      method: "POST",
      path: "/api/v1/decide",
      summary: "May this be done? Records the answer; a permit stays open until it is released.",
      guarded: true,
      body: wireRequest,
      answer: decideAnswer,
      access: { needs: "key", run: (call, principal) => decideCall(parts, open, call, principal) },
    },
    {
      method: "POST",
      path: "/api/v1/release",
      summary: "Filters what an action answered, and records the outcome.",
      guarded: true,
      body: releaseBody,
      answer: releaseAnswer,
      access: { needs: "key", run: (call, principal) => releaseCall(parts, open, call, principal) },
    },
    {
      method: "POST",
      path: "/api/v1/inspect",
      summary: "What the detectors find in a text.",
      guarded: false,
      because: "looks at a text that the caller has already; nothing is done and nothing is told but what stands in it",
      body: inspectBody,
      answer: inspectAnswer,
      access: {
        needs: "key",
        async run(call) {
          const read = readItem(call.body, parts.label, parts.longestText);
          return read.fault === undefined ? ok(await inspectForm(layers, read, layers.clock.now(), call.signal)) : refuse(read);
        },
      },
    },
    {
      method: "POST",
      path: EVALUATION_PATH,
      summary: "AuthZEN 1.0 access evaluation. Only a permit is true; a question that a person would have to answer is false.",
      guarded: true,
      body: evaluationBody,
      answer: evaluationAnswer,
      access: { needs: "key", run: (call, principal) => evaluationCall(parts, call, principal) },
    },
    {
      method: "GET",
      path: "/.well-known/authzen-configuration",
      summary: "AuthZEN metadata.",
      guarded: false,
      because: "two addresses that are in the documentation",
      access: { needs: "none", run: () => ok(authzenConfiguration(parts.baseUrl)) },
    },
    {
      method: "GET",
      path: "/api/v1/openapi.json",
      summary: "This document.",
      guarded: false,
      because: "the documentation of the interface, the same for everybody",
      access: { needs: "none", run: () => ok(openApi(routes, parts.version)) },
    },
    {
      method: "GET",
      path: "/api/v1/status",
      summary: "How Holdfast is doing.",
      guarded: false,
      because: OWN_LOG,
      answer: status,
      access: { needs: "operator", run: async () => ok(await parts.status()) },
    },
    ...agentRoutes(parts.agents),
    ...policyRoutes(parts.policies),
    ...incidentRoutes(parts.incidents),
    ...rollbackRoutes(parts.rollbacks),
    {
      method: "GET",
      path: "/api/v1/audit",
      summary: "Decisions, newest first.",
      guarded: false,
      because: OWN_LOG,
      query: auditQuery,
      answer: auditPage,
      access: {
        needs: "operator",
        async run({ query }) {
          const read = auditQuery.safeParse(Object.fromEntries([...query].filter(([, value]) => value !== "")));
          return read.success ? ok(await history.list(wantedOf(read.data))) : refuse(faultOf(read.error));
        },
      },
    },
    {
      method: "GET",
      path: "/api/v1/audit/timeline",
      summary: "How many decisions were made in each of the last hours (24), and what denied or asked most often.",
      guarded: false,
      because: OWN_LOG,
      query: timelineQuery,
      answer: timeline,
      access: {
        needs: "operator",
        async run({ query }) {
          const read = timelineQuery.safeParse(Object.fromEntries(query));
          return read.success ? ok(await history.timeline(read.data.hours ?? 24)) : refuse(faultOf(read.error));
        },
      },
    },
    {
      method: "GET",
      path: "/api/v1/audit/live",
      summary: "Server-sent events: one `decision` for every decision, and again for its outcome. Resumes by `Last-Event-ID`.",
      guarded: false,
      because: OWN_LOG,
      events: true,
      access: {
        needs: "operator",
        run: ({ headers, signal }) => ({ status: 200, type: "text/event-stream", stream: live(parts, headers, signal) }),
      },
    },
    {
      method: "GET",
      path: "/api/v1/audit/:id",
      summary: "Everything that is known of one decision, with its proof.",
      guarded: false,
      because: OWN_LOG,
      answer: story,
      access: {
        needs: "operator",
        async run({ params }) {
          const found = await history.story(params["id"] ?? "");
          if (found === undefined) throw notFound("there is no decision of this id");
          return ok(found);
        },
      },
    },
    ...approvalRoutes(parts.approvals),
    ...passkeyRoutes(parts.passkeys),
    ...settingsRoutes(parts.settings),
    stepUpRoute(parts.stepUp),
    {
      method: "POST",
      path: "/api/v1/sample",
      summary: "Runs a practice task through the gateway.",
      guarded: true,
      body: sampleBody,
      access: {
        needs: "operator",
        async run({ body }) {
          const read = sampleBody.safeParse(body);
          if (!read.success) return refuse(faultOf(read.error));
          const result = await parts.sample(read.data.task);
          return ok(typeof result === "object" && result !== null ? result : { result });
        },
      },
    },
  ];
  return routes;
}

function live(parts: ApiParts, headers: Call["headers"], signal: AbortSignal): ReadableStream<Uint8Array> {
  const last = headers.get("last-event-id") ?? "";
  return liveStream({
    history: parts.history,
    clock: parts.layers.clock,
    ...(/^\d{1,15}$/.test(last) ? { after: Number(last) } : {}),
    stillGood: async () => (await parts.operator(headers)) !== undefined,
    signal,
  });
}
