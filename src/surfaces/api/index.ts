export type { AgentList, Agents } from "./agents.ts";
export { type Api, apiApp } from "./app.ts";
export type { Status, Story, Summary } from "./forms.ts";
export type { History, Wanted } from "./history.ts";
export { OPEN_LIMITS, type OpenLimits } from "./open.ts";
export { openApi } from "./openapi.ts";
export { ADDRESS_FILE, LOGIN_PATH, loginRoute, newOperatorToken, operatorAccess, TOKEN_FILE } from "./operator.ts";
export type { ApiParts } from "./parts.ts";
export type { ApiRoute } from "./route.ts";
