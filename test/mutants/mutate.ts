import { join, resolve } from "node:path";
import { mutants } from "./mutants.ts";

const root = resolve(import.meta.dirname, "../..");
const mutant = named(process.env["MUTANT"]);
const mutated = join(root, mutant.file);

/** The one file without its guard; every other as it is. */
export function mutate(source: string, path: string): string {
  return path === mutated
    ? source.replace(mutant.find, () => mutant.replace)
    : source;
}

function named(id: string | undefined) {
  const found = mutants.find((one) => one.id === id);
  if (!found)
    throw new Error(
      `MUTANT names ${id}, which test/mutants/mutants.ts does not list`,
    );
  return found;
}
