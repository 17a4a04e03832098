import type { Problem } from "../config/fault.ts";
import type { Config } from "../config/index.ts";
import { checkPolicy, nearest } from "../permission/index.ts";
import { checkDryRuns } from "./people/dry-run.ts";
import { checkSignIn } from "./people/sign-in.ts";
import { checkSlack } from "./people/slack.ts";
import { checkCommands } from "./sandboxes/commands.ts";
import { checkAskedModels } from "./texts/ask-model.ts";
import { checkDetectors, checkNames, prepareDetectors } from "./texts/detecting.ts";
import { checkLargerModel } from "./texts/larger-model.ts";
import { checkResults } from "./texts/results.ts";

/** Everything that can be wrong with a configuration beyond its form: for loading and reloading. What takes long is done in turns. */
export async function checkConfig(config: Config): Promise<readonly Problem[]> {
  await prepareDetectors(config.detectors);
  return [
    ...checkPolicy(config),
    ...checkDetectors(config.detectors),
    ...checkNames(config),
    ...checkLargerModel(config),
    ...checkAskedModels(config),
    ...checkDryRuns(config),
    ...checkResults(config),
    ...checkCommands(config),
    ...checkClients(config),
    ...checkSignIn(config),
    ...checkSlack(config),
  ];
}

/** Clients of an authorization server that would be agents which are not there. */
function checkClients({ server: { oauth }, agents }: Config): readonly Problem[] {
  const known = Object.keys(agents);
  return Object.entries(oauth?.agents ?? {}).flatMap(([client, agent]): readonly Problem[] =>
    known.includes(agent) ? [] : [{ path: ["server", "oauth", "agents", client], message: `there is no agent \`${agent}\``, ...nearest(agent, known) }],
  );
}
