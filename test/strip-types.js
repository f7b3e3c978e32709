import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";

/** With MUTANT set, the code lacks one guard: npm run test:mutants. */
const mutate = process.env.MUTANT
  ? (await import("./mutants/mutate.ts")).mutate
  : (source) => source;

/** Jest sees exactly what Node runs: the same type stripping, nothing else. */
export default {
  process: (source, path) => ({
    code: stripTypeScriptTypes(mutate(source, path)),
  }),
  getCacheKey: (source, path) =>
    createHash("sha256")
      .update(process.version)
      .update(path)
      .update("\0")
      .update(mutate(source, path))
      .digest("hex"),
};
