/** One tool by its whole name: `server.tool`. No blank stands in it. */
export const TOOL_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,134}$/;
