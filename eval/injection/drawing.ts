interface Scored {
  readonly label: 0 | 1;
  readonly role: string;
  readonly score: number;
}
type Point = readonly [number, number];

/** The two drawings of the classifier alone, as SVG: one line for what is said and one for what is read. */
export function drawing(scored: readonly Scored[]): { readonly roc: string; readonly calibration: string } {
  const roles = ["said", "read"].map((role) => scored.filter((one) => one.role === role));
  return {
    roc: plot("false positives", "attacks found", roles.map(roc)),
    calibration: plot("score", "share of attacks", roles.map(calibration)),
  };
}

function roc(scored: readonly Scored[]): readonly Point[] {
  const positives = scored.filter(({ label }) => label === 1).length;
  const negatives = scored.length - positives;
  let [hits, wrong] = [0, 0];
  const points = [...scored]
    .sort((a, b) => b.score - a.score)
    .map(({ label }): Point => {
      if (label === 1) hits++;
      else wrong++;
      return [wrong / negatives, hits / positives];
    });
  return points.filter((_, at) => at % 20 === 0 || at === points.length - 1);
}

function calibration(scored: readonly Scored[]): readonly Point[] {
  return Array.from({ length: 10 }, (_, bin) => scored.filter(({ score }) => Math.min(9, Math.floor(score * 10)) === bin)).flatMap((bin): Point[] =>
    bin.length < 10 ? [] : [[mean(bin.map(({ score }) => score)), mean(bin.map(({ label }) => label))]],
  );
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

function plot(across: string, up: string, lines: readonly (readonly Point[])[]): string {
  const colours = ["#0b62a4", "#c2510c"];
  const line = (points: readonly Point[], at: number): string =>
    `<polyline fill="none" stroke="${colours[at]}" points="${points.map(([x, y]) => `${(40 + 300 * x).toFixed(1)},${(320 - 300 * y).toFixed(1)}`).join(" ")}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 360" font-family="sans-serif" font-size="11"><title>${up} over ${across}</title><rect width="360" height="360" fill="#fff"/><path d="M40 20V320H340M40 320L340 20" fill="none" stroke="#999"/>${lines.map(line).join("")}<text x="150" y="345">${across}</text><text x="12" y="200" transform="rotate(-90 12 200)">${up}</text><text x="60" y="35" fill="${colours[0]}">said</text><text x="100" y="35" fill="${colours[1]}">read</text></svg>\n`;
}
