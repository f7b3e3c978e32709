import type {
  DemoDepartment,
  DemoJob,
  DemoLegalEntity,
  DemoLocation,
} from "./company.ts";
import { orNull, readTable } from "./table.ts";

export const legalEntities: readonly DemoLegalEntity[] = [
  {
    id: "le_de",
    name: "Lindenhof GmbH",
    countryCode: "DE",
    defaultCurrency: "EUR",
    fullTimeHoursHundredths: 4000,
  },
  {
    id: "le_gb",
    name: "Lindenhof Ltd",
    countryCode: "GB",
    defaultCurrency: "GBP",
    fullTimeHoursHundredths: 3750,
  },
  {
    id: "le_jp",
    name: "Lindenhof K.K.",
    countryCode: "JP",
    defaultCurrency: "JPY",
    fullTimeHoursHundredths: 4000,
  },
];

export const locations: readonly DemoLocation[] = readTable(`
  loc_berlin | Berlin | Berlin | DE | DE-BE  | Europe/Berlin
  loc_munich | Munich | Munich | DE | DE-BY  | Europe/Berlin
  loc_london | London | London | GB | GB-ENG | Europe/London
  loc_tokyo  | Tokyo  | Tokyo  | JP | JP-13  | Asia/Tokyo
`).map(([id, name, city, countryCode, subdivisionCode, timeZone]) => ({
  id,
  name,
  city,
  countryCode,
  subdivisionCode,
  timeZone,
}));

/** Three levels: the company, its divisions, their teams. */
export const departments: readonly DemoDepartment[] = readTable(`
  dep_company    | COM  | Lindenhof            | -              | emp_0001
  dep_technology | TEC  | Technology           | dep_company    | emp_0003
  dep_platform   | PLT  | Platform             | dep_technology | emp_mia
  dep_product    | PRD  | Product              | dep_technology | emp_0014
  dep_commercial | CML  | Commercial           | dep_company    | emp_0024
  dep_sales      | SAL  | Sales                | dep_commercial | emp_0027
  dep_people     | PPL  | People & Finance     | dep_company    | emp_0039
  dep_payroll    | PAY  | Payroll & Accounting | dep_people     | emp_amir
`).map(([id, code, name, parent, head]) => ({
  id,
  code,
  name,
  parentId: orNull(parent),
  headId: orNull(head),
}));

export const jobs: readonly DemoJob[] = readTable(`
  job_chief_executive   | CEO | Chief Executive          | Management  | C1
  job_chief_technology  | CTO | Chief Technology Officer | Management  | C2
  job_chief_commercial  | CCO | Chief Commercial Officer | Management  | C2
  job_chief_people      | CPO | Chief People Officer     | Management  | C2
  job_chief_of_staff    | COS | Chief of Staff           | Management  | L5
  job_head              | HED | Head of Department       | Management  | L6
  job_team_lead         | TLD | Team Lead                | Management  | L5
  job_senior_engineer   | SEN | Senior Engineer          | Engineering | L4
  job_engineer          | ENG | Engineer                 | Engineering | L3
  job_apprentice        | APP | Apprentice               | Engineering | L1
  job_product_manager   | PRM | Product Manager          | Product     | L4
  job_designer          | DES | Product Designer         | Product     | L3
  job_researcher        | RES | User Researcher          | Product     | L3
  job_marketing         | MKT | Marketing Specialist     | Commercial  | L3
  job_account_executive | ACE | Account Executive        | Commercial  | L4
  job_sales_associate   | SAA | Sales Associate          | Commercial  | L2
  job_intern            | INT | Intern                   | Commercial  | L1
  job_hr_partner        | HRP | HR Partner               | People      | L4
  job_recruiter         | REC | Recruiter                | People      | L3
  job_payroll_officer   | PYO | Payroll Officer          | Finance     | L4
  job_accountant        | ACC | Accountant               | Finance     | L3
`).map(([id, code, title, family, level]) => ({
  id,
  code,
  title,
  family,
  level,
}));
