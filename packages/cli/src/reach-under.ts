import { type Reached, type Requirement, reachOf } from "@hr/access";

export function reachUnder(
  requirement: Requirement,
  held: ReadonlySet<string>,
): Reached | null {
  let both: Reached = { everyone: true, self: true, reports: true };
  if (requirement.policies.length > 0) return null;
  for (const dnf of requirement.scopes) {
    const met = dnf.filter((all) => all.every((scope) => held.has(scope)));
    if (met.length === 0) return null;
    const reaches = met.map(
      (all) => all.map(reachOf).find((one) => one !== "everyone") ?? "everyone",
    );
    const everyone = reaches.includes("everyone");
    both = {
      everyone: both.everyone && everyone,
      self: both.self && (everyone || reaches.includes("self")),
      reports: both.reports && (everyone || reaches.includes("reports")),
    };
  }
  return both;
}
