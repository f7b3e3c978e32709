import type { EmployeeContext } from "./context.ts";
import { type PersonalDetails, nationalIdMasked } from "./personal-details.ts";

export const personalDetailsResolvers = {
  PersonalDetails: {
    nationalIdMasked,
    nationalId: (
      details: PersonalDetails,
      _: unknown,
      { decrypt }: EmployeeContext,
    ) => decrypt(details),
  },
};
