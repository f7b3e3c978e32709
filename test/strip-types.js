import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";

/** Jest sees exactly what Node runs: the same type stripping, nothing else. */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
  getCacheKey: (source, path) =>
    createHash("sha256")
      .update(process.version)
      .update(path)
      .update("\0")
      .update(source)
      .digest("hex"),
};
