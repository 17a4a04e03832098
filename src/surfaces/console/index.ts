export { type ConsoleOptions, consoleApp, fromOwnPage, LAB, operatorOf, PAGES } from "./app.ts";
export { sessionCookie } from "./cookie.ts";
export { CONTENT_SECURITY_POLICY, SECURITY_HEADERS } from "./headers.ts";
export type { Operator, Redeemed, Sessions } from "./sessions.ts";
export { SIGN_IN_FAULTS, type SignInFault, type SignInOptions, signInRoutes } from "./sign-in.ts";
