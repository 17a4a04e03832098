/** Shorter expressions have too little behind their branches. */
const SHORT = 200;

const TOKEN = /\(\?(?:<?[=!]|:)|\[\^?(?:\\[\s\S]|[^\]\\])*\]|\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])|[\s\S]/y;
const COUNT = /(?:\{(\d+)(,?)(\d*)\}|[?*+])\??/y;

/** V8 unrolls what is repeated up to so often, and makes a loop of the rest, of which one way goes on. */
const UNROLLED = 3;

/** Looks ahead at nothing. */
const JOINT = "(?=)";

/**
 * The same expression, of which less is compiled: with a joint at these places. Behind alternatives V8 writes what follows once for each of up to ten ways
 * on which one comes there; a look ahead, if at nothing, brings them together, and what follows is written once. Of long expressions a half is left,
 * and of the time to compile them.
 */
export function compact(source: string, joints: readonly number[] = jointsOf(source)): string {
  return joints.length === 0 ? source : joints.map((at, nth) => source.slice(joints[nth - 1] ?? 0, at) + JOINT).join("") + source.slice(joints.at(-1));
}

/** Where in an expression ways meet behind which more than a loop follows. */
export function jointsOf(source: string): readonly number[] {
  const joints: number[] = [];
  if (source.length < SHORT) return joints;
  // Whether one may have come here on several ways; and for the groups around here, whether they only look, and whether one leaves them on several.
  let several = false;
  const around: { readonly looks: boolean; several: boolean }[] = [];
  for (let at = 0; at < source.length; ) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(source) as unknown as [string];
    const begun = at;
    at += token.length;
    const group = token === ")" ? around.pop() : around.at(-1);
    if (token === "|") {
      if (group !== undefined) group.several = true;
      several = false;
      continue;
    }
    COUNT.lastIndex = at;
    const counted = token.startsWith("(?") ? null : COUNT.exec(source);
    const { count, most, fixed } = counted === null ? ONCE : countOf(counted);
    at += count;
    if (token === ")") several = group?.looks !== true && (group?.several === true || several);
    else {
      if (several && most <= UNROLLED) joints.push(begun);
      several = false;
    }
    if (token.startsWith("(?")) around.push({ looks: token !== "(?:", several: false });
    else if (most > UNROLLED) several = false;
    else if (!fixed) several = true;
  }
  return joints;
}

const ONCE = { count: 0, most: 1, fixed: true };

function countOf([count, low, comma, high]: readonly (string | undefined)[]): typeof ONCE {
  const [sign, fixed] = [count?.[0], low !== undefined && comma === ""];
  const most = sign === "?" ? 1 : low === undefined ? Infinity : Number(fixed ? low : high === "" ? Infinity : high);
  return { count: (count as string).length, most, fixed };
}
