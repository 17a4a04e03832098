import { claudeCode } from "./claude-code.ts";
import { claudeDesktop } from "./claude-desktop.ts";
import { cursor } from "./cursor.ts";
import type { Host } from "./host.ts";
import { openclaw } from "./openclaw.ts";
import { vscode } from "./vscode.ts";

export type { Host, Machine, Place } from "./host.ts";

/** The clients in front of whose MCP servers Holdfast can be put. */
export const HOSTS: readonly Host[] = [claudeDesktop, claudeCode, cursor, vscode, openclaw];
