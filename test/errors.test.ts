import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { errorCodes } from "@hr/service";

const root = join(import.meta.dirname, "..");

test("docs/errors.md explains every code there is, and no other", async () => {
  const text = await readFile(join(root, "docs/errors.md"), "utf8");
  const section = text.split("## HTTP")[0] ?? "";
  const documented = [...section.matchAll(/^\| `([A-Z_]+)` +\|/gm)];
  expect(documented.map(([, code]) => code)).toEqual([...errorCodes]);
});

test("no process answers with a code that is not on the list", async () => {
  const strange: string[] = [];
  for (const room of ["gateway/src", "subgraphs", "packages"]) {
    const files = await readdir(join(root, room), { recursive: true });
    for (const file of files) {
      if (
        !file.endsWith(".ts") ||
        /\.test\.ts$|test-[\w-]+\.ts$|node_modules/.test(file)
      )
        continue;
      const text = await readFile(join(root, room, file), "utf8");
      for (const [, code = ""] of text.matchAll(
        /extensions: \{\s*code: "([A-Z_]+)"/g,
      ))
        if (!(errorCodes as readonly string[]).includes(code))
          strange.push(`${room}/${file}: ${code}`);
    }
  }
  expect(strange).toEqual([]);
});
