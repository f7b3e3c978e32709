import fc from "fast-check";
import { choices, drawFrom } from "./test-draw.ts";
import { randomGraph } from "./test-random-graph.ts";
import { randomDocument } from "./test-random-document.ts";
import { apiSdl, composedSdl } from "./test-graph.ts";
import { buildSchema, buildASTSchema, parse, validate } from "graphql";
let n = 0;
const t = Date.now();
let len=0;
for (const [c,e] of fc.sample(fc.tuple(choices(400), choices(250)), 300)) {
  const g = randomGraph(drawFrom(c));
  const s = buildSchema(apiSdl(g));
  const d = randomDocument(drawFrom(e), s);
  const errs = validate(s, parse(d.source));
  if (errs.length) { console.log(d.source, errs.map(String)); break; }
  len += d.source.length
  if (n++ % 60 === 0) console.log(d);
}
console.log(n, Date.now() - t, len/n);
