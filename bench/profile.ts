import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Prints where the CPU time of a `.cpuprofile` went: `node bench/profile.ts <file> [lines]`. */
const [file = "", lines = "30"] = process.argv.slice(2);
const shares = sharesOf(JSON.parse(readFileSync(file, "utf8")) as Profile);
for (const [place, share] of shares.slice(0, Number(lines)))
  process.stdout.write(`${(share * 100).toFixed(1).padStart(5)} %  ${place}\n`);

type Frame = { readonly functionName: string; readonly url: string };

/** As `node --cpu-prof` writes it: the node on top at each sample, and the time since the one before. */
type Profile = {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

/** Self time by place in the later half, when starting up is over; greatest first, idle time left out. */
function sharesOf(profile: Profile): readonly (readonly [string, number])[] {
  const places = new Map(
    profile.nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]),
  );
  const times = new Map<string, number>();
  const half = Math.floor(profile.samples.length / 2);
  let total = 0;
  profile.samples.forEach((id, n) => {
    if (n < half) return;
    const place = places.get(id) ?? "(unknown)";
    const time = profile.timeDeltas[n] ?? 0;
    if (place === "(idle)") return;
    times.set(place, (times.get(place) ?? 0) + time);
    total += time;
  });
  return [...times]
    .map(([place, time]) => [place, time / total] as const)
    .toSorted(([, a], [, b]) => b - a);
}

/** A package, a file of this project, a module of Node or something of V8. */
function placeOf({ url, functionName }: Frame): string {
  if (url.startsWith("node:")) return url;
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  const inside = path.split("node_modules/").slice(1).at(-1);
  if (inside !== undefined)
    return inside
      .split("/")
      .slice(0, inside.startsWith("@") ? 2 : 1)
      .join("/");
  return path === ""
    ? functionName
    : relative(resolve(import.meta.dirname, ".."), path);
}
