import type { ASTNode } from "@marcbachmann/cel-js";
import type { Scope } from "./scope.ts";
import type { Value } from "./value.ts";

/** A compiled expression. `locals` holds the variables of the macros around it. It never throws: what cannot be computed is ERROR. */
export type Evaluate = (scope: Scope, locals: Value[]) => Value;

/** Something in the expression that conditions do not have. */
export class Refused extends Error {
  readonly node: ASTNode;
  readonly hint: string | undefined;
  constructor(node: ASTNode, message: string, hint?: string) {
    super(message);
    this.node = node;
    this.hint = hint;
  }
}
