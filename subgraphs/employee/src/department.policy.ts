import type { Employee, Visibility } from "./employee.ts";

/**
 * Departments are company data (E14). Whoever may see only their own card
 * opens only the department they sit in; any other is null, as if it did not exist.
 */
export function mayOpenDepartment(
  id: string,
  own: Employee | null,
  { directory }: Visibility,
): boolean {
  return (
    directory.everyone || (directory.self !== null && id === own?.departmentId)
  );
}
