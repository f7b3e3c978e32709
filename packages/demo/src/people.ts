import { orNull, readTable } from "./table.ts";

/** Who works here, and in which seat on the day of hire. */
export type Profile = {
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly jobId: string;
  readonly departmentId: string;
  readonly locationId: string;
  readonly managerId: string | null;
};

/** Invented people. A row's position is its employee number, so rows are only ever appended. */
export const profiles: readonly Profile[] = readTable(`
  emp_0001 | Ingrid | Solberg | chief_executive | company | berlin | -
  emp_0002 | Tomás | Herrera | chief_of_staff | company | berlin | emp_0001
  emp_0003 | Wei | Zhang | chief_technology | technology | berlin | emp_0001
  emp_mia  | Mia | Brandt | head | platform | berlin | emp_0003
  emp_ada  | Ada | Kern | engineer | platform | berlin | emp_mia
  emp_0006 | Jürgen | Größle | senior_engineer | platform | munich | emp_mia
  emp_0007 | Anna | Schmidt | engineer | platform | berlin | emp_mia
  emp_0008 | Łukasz | Żółkiewski | senior_engineer | platform | berlin | emp_mia
  emp_0009 | Chiamaka | Eze | team_lead | platform | berlin | emp_mia
  emp_0010 | Ravi | Iyer | engineer | platform | munich | emp_0009
  emp_0011 | Elif | Yıldız | engineer | platform | berlin | emp_0009
  emp_0012 | Jonas | Weber | engineer | technology | berlin | emp_0003
  emp_0013 | Wulandari | | senior_engineer | technology | munich | emp_0003
  emp_0014 | Camille | Lefèvre | head | product | munich | emp_0003
  emp_0015 | Noor | Rahman | product_manager | product | london | emp_0014
  emp_0016 | María Fernanda Guadalupe | Montenegro de los Ríos y Villanueva | product_manager | product | munich | emp_0014
  emp_0017 | נועה | בן־עמי | designer | product | berlin | emp_0014
  emp_0018 | Anh | Nguyễn | designer | product | munich | emp_0014
  emp_0019 | Siobhán | O’Rourke | researcher | product | london | emp_0014
  emp_0020 | Kenji | Morita | team_lead | product | tokyo | emp_0014
  emp_0021 | Yui | Nakagawa | designer | product | tokyo | emp_0020
  emp_0022 | Daichi | Fujimoto | engineer | product | tokyo | emp_0020
  emp_0023 | Lena | Hofmann | apprentice | product | munich | emp_0014
  emp_0024 | Oliver | Ashworth | chief_commercial | commercial | london | emp_0001
  emp_0025 | Priya | Raman | marketing | commercial | london | emp_0024
  emp_0026 | Anna | Schmidt | marketing | commercial | munich | emp_0024
  emp_0027 | Kwame | Boateng | head | sales | london | emp_0024
  emp_0028 | Grace | Whitfield | account_executive | sales | london | emp_0027
  emp_0029 | Samuel | Adeyemi | account_executive | sales | london | emp_0027
  emp_0030 | Zoë | Vermeulen | account_executive | sales | berlin | emp_0027
  emp_0031 | Haruka | Ishikawa | team_lead | sales | tokyo | emp_0027
  emp_0032 | Sora | Matsuda | account_executive | sales | tokyo | emp_0031
  emp_0033 | Aiko | Hayashi | sales_associate | sales | tokyo | emp_0031
  emp_0034 | Min-jun | Park | sales_associate | sales | tokyo | emp_0031
  emp_0035 | Fatima | Zahra | sales_associate | sales | london | emp_0027
  emp_0036 | Callum | Fraser | intern | sales | london | emp_0027
  emp_0037 | Mateusz | Nowak | account_executive | sales | berlin | emp_0027
  emp_0038 | Beatriz | Araújo | sales_associate | sales | london | emp_0027
  emp_0039 | Henrik | Aaltonen | chief_people | people | berlin | emp_0001
  emp_hana | Hana | Sato | hr_partner | people | tokyo | emp_0039
  emp_0041 | Leilani | Kealoha | recruiter | people | london | emp_0039
  emp_0042 | Dimitra | Papadaki | hr_partner | people | berlin | emp_0039
  emp_0043 | Tariq | Mahmoud | recruiter | people | berlin | emp_0039
  emp_amir | Amir | Haddad | head | payroll | munich | emp_0039
  emp_pam  | Pam | Okafor | payroll_officer | payroll | london | emp_amir
  emp_0046 | Katarzyna | Wiśniewska | accountant | payroll | berlin | emp_amir
  emp_0047 | Benedikt | Lindner | accountant | payroll | munich | emp_amir
  emp_0048 | Ren | Kobayashi | accountant | payroll | tokyo | emp_amir
  emp_0049 | Aroha | Ngata | accountant | payroll | london | emp_amir
  emp_0050 | Viktor | Lindqvist | engineer | technology | berlin | emp_0003
`).map(([id, givenName, familyName, job, department, location, manager]) => ({
  id,
  givenName,
  familyName,
  jobId: `job_${job}`,
  departmentId: `dep_${department}`,
  locationId: `loc_${location}`,
  managerId: orNull(manager),
}));
