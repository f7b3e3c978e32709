import fc from "fast-check";
import { choices, drawFrom } from "./test-draw.ts";
import { randomGraph } from "./test-random-graph.ts";
import { apiSdl, composedSdl } from "./test-graph.ts";
import { buildSchema, buildASTSchema, parse, validateSchema } from "graphql";
import { readRules } from "./rules.ts";
let n = 0;
const t = Date.now();
for (const c of fc.sample(choices(400), 300)) {
  const g = randomGraph(drawFrom(c));
  const s = buildSchema(apiSdl(g));
  const e = validateSchema(s);
  if (e.length) { console.log(apiSdl(g), e.map(String)); break; }
  const d = parse(composedSdl(g));
  readRules(d, buildASTSchema(d, { assumeValidSDL: true }));
  if (n++ < 2) console.log(composedSdl(g));
}
console.log(n, Date.now() - t);
