import { nearest } from "./nearest.ts";
import type { PolicyConfig, Problem } from "./policy-config.ts";

/** What configuration says of people and perhaps does not mean. */
export function notesOnPeople(config: PolicyConfig): readonly Problem[] {
  return [...unheldRoles(config), ...unknownRules(config)];
}

/** Roles that are asked and nobody has. Such a question falls to whoever runs Holdfast, which may not be what was meant. */
function unheldRoles({ rules, people = {}, oversight }: PolicyConfig): readonly Problem[] {
  const held = new Set(Object.values(people).flatMap(({ roles }) => roles));
  const note = (roles: readonly string[], path: Problem["path"], what = "can answer"): readonly Problem[] =>
    roles.flatMap((role, at): readonly Problem[] =>
      held.has(role) ? [] : [{ path: [...path, at], message: `nobody in \`people\` has the role \`${role}\`: only the operator of this machine ${what}` }],
    );
  return [
    ...rules.flatMap(({ approvers = [] }, index) => note(approvers, ["rules", index, "approvers"])),
    ...(oversight?.escalate ?? []).flatMap(({ to }, index) => note(to, ["oversight", "escalate", index, "to"])),
    ...note(oversight?.policy_editors ?? [], ["oversight", "policy_editors"], "can change rules"),
  ];
}

/** A rule whose questions go through quiet hours, and that is not there. */
function unknownRules({ rules, oversight }: PolicyConfig): readonly Problem[] {
  const ids = rules.map(({ id }) => id);
  return (oversight?.quiet?.through ?? []).flatMap((id, at): readonly Problem[] =>
    ids.includes(id)
      ? []
      : [
          {
            path: ["oversight", "quiet", "through", at],
            message: `there is no rule \`${id}\` whose questions could go through the quiet hours`,
            ...nearest(id, ids),
          },
        ],
  );
}
