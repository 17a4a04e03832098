import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Config, type Loaded, type Problem, type Watching, watchConfig } from "../config/index.ts";
import { codeOf } from "../core/errors.ts";
import type { Request } from "../core/request.ts";
import { openSpotChecks } from "../oversight/index.ts";
import { budgetsOf } from "../permission/index.ts";
import { ADDRESS_FILE, newOperatorToken, operatorsOf, TOKEN_FILE } from "../surfaces/api/index.ts";
import { slackRoute } from "../surfaces/chat/slack.ts";
import type { Running, StartOptions } from "../surfaces/cli/wiring.ts";
import { checkBind, namesFor, parseListen } from "../surfaces/http/bind.ts";
import { knowsHost, type Names } from "../surfaces/http/sanity.ts";
import { SERVER_LIMITS, serve } from "../surfaces/http/serve.ts";
import { requestId } from "../surfaces/http/trace.ts";
import { createSessions } from "../vault/sessions.ts";
import { createWebauthn } from "../vault/webauthn.ts";
import { createRepeated } from "../watch/index.ts";
import { agentsOf } from "./agents/agents.ts";
import { budgetsShown } from "./agents/budgets.ts";
import { checkConfig } from "./check.ts";
import { lookFirst } from "./first-look.ts";
import { type Generation, makeGeneration } from "./generation.ts";
import { type InForce, openLasting } from "./lasting.ts";
import { approvalsOf } from "./people/approvals.ts";
import { incidentsOf } from "./people/incidents.ts";
import { passkeysOf } from "./people/passkeys.ts";
import { planting } from "./people/reviewers.ts";
import { providerName, signInDoor } from "./people/sign-in.ts";
import { slackOf } from "./people/slack.ts";
import { channelsOf, replyInSlack, tellPeople } from "./people/telling.ts";
import { systemClock as clock, systemRandom as random } from "./platform.ts";
import { policiesOf } from "./policies/policies.ts";
import type { Author } from "./policies/versions.ts";
import { settingsOf } from "./settings.ts";
import { closeAll, firstKey, needRestart, type Place, urlOf, writePrivate } from "./starting.ts";
import { composeSurfaces, jsonLimits } from "./surfaces.ts";
import { detecting } from "./texts/detecting.ts";

const DRAIN_MS = 10_000;
/** So many passkeys of one person that are refused within this time are no accident. */
const REFUSED_OFTEN = [3, 10 * 60_000] as const;

/** Starts everything a configuration describes. Rejects with a HoldfastError when an address is taken or the data are not what they were. */
export async function startServer(loaded: Extract<Loaded, { ok: true }>, options: StartOptions, place: Place): Promise<Running> {
  const { config } = loaded;
  const { folder } = place;
  const listen = parseListen(options.listen ?? config.server.listen);
  const adminListen = parseListen(config.server.admin);
  checkBind(adminListen, "server.admin", 0);
  const egressListen = config.egress.listen === undefined ? undefined : parseListen(config.egress.listen);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The last opened is closed first.
  const closing: (() => Promise<void> | void)[] = [];
  try {
    let inForce: InForce = loaded;
    let current: Generation;
    // Until it is known what is owed, everything is.
    let picks = (_request: Request): boolean => true;
    let url = "";
    const ports: number[] = [];
    const opened = await openLasting(
      place,
      { inForce: () => inForce, current: () => current, picks: (request) => picks(request), url: () => url, ports: () => ports },
      closing,
    );
    const {
      lasting,
      documents,
      keys,
      paused,
      held,
      above,
      audit,
      ledger,
      log,
      metrics,
      egress,
      pins,
      inbox,
      phases,
      incidents,
      reviewers,
      tally,
      undoing,
      versions,
    } = opened;
    current = makeGeneration(config, lasting, jsonLimits(config));
    closing.push(() => current.gateway.close());
    const look = (): Promise<void> =>
      ledger.look([...current.policy.agents.keys()].flatMap((agent) => budgetsOf(current.policy, agent).filter(({ shared }) => shared)));
    await look();
    picks = await openSpotChecks({ inbox, now: clock.now, random, toolName: (written) => current.policy.tools.id(written) });
    const minted = (await keys.list()).length;
    checkBind(listen, "server.listen", minted);
    if (egressListen !== undefined) checkBind(egressListen, "egress.listen", minted);

    let author: Author | undefined;
    let kept = versions.loaded(loaded);
    await kept;
    let watching: Watching | undefined;
    const checked = async (changed: Config): Promise<readonly Problem[]> => [...(await checkConfig(changed)), ...needRestart(config, changed)];
    const sessions = createSessions({ clock, random });
    const operatorToken = newOperatorToken(random);
    await writePrivate(join(folder, TOKEN_FILE), operatorToken);
    const operators = operatorsOf(operatorToken, () =>
      Object.entries(current.config.people).map(([name, { token, login }]) => ({
        name,
        ...(token === undefined ? {} : { token: token.reveal() }),
        ...(login === undefined ? {} : { login }),
      })),
    );
    const { sign_in: signIn } = config.server;
    let names: Names = { hosts: [], origins: [] };
    const link = (ticket: string): string => `${url}/approvals/${ticket}`;
    const policy = (): string => inForce.digest;
    const webauthn = createWebauthn(clock);
    closing.push(() => webauthn.shut());
    const often = createRepeated(clock.monotonic, ...REFUSED_OFTEN);
    const passkeys = passkeysOf({
      documents,
      clock,
      random,
      webauthn,
      audit,
      mode: () => current.config.oversight.step_up,
      refused: async (person) => (often(person) ? incidents.suspected(person, "step-up/refused") : undefined),
      names: () => names,
    });
    const surfaces = composeSurfaces({
      current: () => current,
      audit,
      clock,
      keys: paused,
      chainOf: lasting.chains.markOf,
      agents: agentsOf({ current: () => current, held, phases, incidents, audit, budgets: (agent) => budgetsShown(ledger, current.policy, agent) }),
      incidents: incidentsOf(incidents, (name) => current.policy.agents.has(name)),
      policies: policiesOf({
        current: () => current,
        inForce: () => inForce,
        pins,
        log: audit.source,
        versions,
        saving: {
          ...place,
          check: checked,
          record: audit.system,
          author: (one) => void (author = one),
          look: async () => (await watching?.look()) ?? [],
          kept: () => kept,
        },
      }),
      sessions,
      operators,
      approvals: approvalsOf(inbox, () => current.config, reviewers),
      rollbacks: undoing.calls,
      stepUp: passkeys.stepUp,
      passkeys: passkeys.calls,
      settings: settingsOf({
        config: () => current.config,
        sessions,
        keys,
        passkeys: passkeys.count,
        audit,
        channels: () => channelsOf(current.config, link, clock, policy),
        clock,
      }),
      metrics,
      tally,
      url: () => url,
      knowsHost: (host) => knowsHost(names, host),
      dist: place.dist,
      ...(signIn === undefined ? {} : { signIn: providerName(signIn) }),
    });
    closing.push(() => surfaces.api.shut());

    const limits = { ...SERVER_LIMITS, headerBytes: config.server.header_limit };
    const named = namesFor(listen, config.server.hosts);
    const planted = planting({
      inbox,
      audit: tally.audit,
      layers: () => current.layers,
      clock,
      random,
      newId: requestId,
      share: () => inForce.config.oversight.controls,
      failed: (error) => log.warn({ code: codeOf(error) }, "a control question could not be planted"),
    });
    closing.push(() => planted.shut());
    const told = tellPeople(inbox, { config: () => current.config, policy, link, clock, log });
    closing.push(() => told.shut());
    // Loaded where it is needed: what reads tokens is a twentieth of all that a start loads.
    const door = config.server.oauth === undefined ? undefined : (await import("./people/tokens.ts")).tokenDoor(config.server.oauth, keys, held, above, clock);
    const parts = { people: () => current.config.people, sessions, audit, clock, log, url: () => url };
    const server = serve({
      surface: "http",
      routes: [
        ...surfaces.routes,
        slackRoute(slackOf({ inbox, documents, config: () => current.config, post: replyInSlack, clock, log })),
        ...(door?.routes ?? []),
        ...(signIn === undefined ? [] : signInDoor(signIn, parts)),
      ],
      fallback: (request, response, { path }) => surfaces.fallback(request, response, path),
      names: (port) => {
        const { hosts, origins } = named(port);
        names = { hosts, origins: [...origins, ...config.server.origins] };
        return names;
      },
      keys: paused,
      ...(door === undefined ? {} : { tokens: door.keys }),
      clock,
      log,
      metrics,
      limits,
    });
    const admin = serve({ surface: "admin", routes: surfaces.admin, names: namesFor(adminListen), keys, clock, log, metrics, limits });

    const key = await firstKey(keys, config, audit);
    await audit.system("configuration-loaded", { digest: loaded.digest });
    const adminAddress = await admin.listen(adminListen.host, adminListen.port);
    closing.push(() => admin.drain(0));
    ports.push(adminAddress.port);
    const address = await server.listen(listen.host, listen.port);
    closing.push(() => server.drain(DRAIN_MS));
    ports.push(address.port);
    const egressAddress = egressListen === undefined ? undefined : await egress.listen(egressListen, paused);
    if (egressAddress !== undefined) ports.push(egressAddress.port);
    url = urlOf(listen.host, address.port);
    const adminUrl = urlOf(adminListen.host, adminAddress.port);
    await writePrivate(join(folder, ADDRESS_FILE), JSON.stringify({ url, admin: adminUrl }));

    watching = watchConfig({
      env: place.env,
      readFile: place.readFile,
      path: place.path,
      digest: loaded.digest,
      clock,
      check: checked,
      swap(good) {
        // INVARIANT: what cannot be made leaves all of the old one in force, and of neither a part.
        const next = makeGeneration(good.config, lasting, jsonLimits(good.config));
        const before = current;
        [inForce, current] = [good, next];
        void before.gateway.close().catch(() => {});
        void look().catch(() => {});
        void audit.system("configuration-loaded", { digest: good.digest }).catch(() => {});
        kept = versions.loaded(good, author);
        kept.catch((error: unknown) => log.warn({ code: codeOf(error) }, "a version of the policy could not be kept"));
        options.reloaded([]);
      },
      refused(faults) {
        void audit.system("configuration-refused", { faults: faults.length }).catch(() => {});
        options.reloaded(faults);
      },
    });
    closing.push(watching.stop);
    closing.push(() => undoing.rollbacks.shut(DRAIN_MS));
    undoing.rollbacks.resume();
    void current.gateway.catalogue.refresh().catch(() => {});
    const over = new AbortController();
    closing.push(() => over.abort());
    void lookFirst(detecting(config.detectors).detectors, over.signal).catch((error: unknown) =>
      log.warn({ code: codeOf(error) }, "a detector could not be tried"),
    );
    return {
      url,
      admin: adminUrl,
      ...(egressListen === undefined || egressAddress === undefined ? {} : { egress: urlOf(egressListen.host, egressAddress.port) }),
      login: surfaces.login(),
      ...(key === undefined ? {} : { key }),
      shut: () => closeAll(closing),
    };
  } catch (error) {
    await closeAll(closing).catch(() => {});
    throw error;
  }
}
