export { demoCompany, demoToday } from "./demo-company.ts";
export { demoPassword, personas } from "./personas.ts";
export type * from "./company.ts";
export type * from "./personas.ts";
