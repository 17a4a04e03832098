/**
 * Whoever runs Holdfast on this machine, as an operator: who can read the token beside the store, or used a login link that was made with
 * it. No person of the configuration has this name.
 */
export const LOCAL_OPERATOR = "operator";
