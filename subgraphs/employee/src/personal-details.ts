import { type EncryptedNationalId, maskNationalId } from "./national-id.ts";

export type PersonalDetails = {
  readonly employeeId: string;
  readonly legalName: string;
  readonly dateOfBirth: string | null;
  readonly gender: string | null;
  readonly nationality: string | null;
  readonly maritalStatus: string | null;
  readonly personalEmail: string | null;
  readonly personalPhone: string | null;
  readonly homeAddress: PostalAddress | null;
  readonly emergencyContacts: readonly EmergencyContact[];
  /** As stored: whoever may read it in clear decrypts it then. */
  readonly encrypted: EncryptedNationalId | null;
};

export type PostalAddress = {
  readonly line1: string;
  readonly line2?: string | null;
  readonly postalCode?: string | null;
  readonly city: string;
  readonly region?: string | null;
  readonly countryCode: string;
};

export type EmergencyContact = {
  readonly id: string;
  readonly name: string;
  readonly relationship: string | null;
  readonly phone: string;
};

/** From the stored suffix: masking never decrypts (E12). */
export function nationalIdMasked({ encrypted }: PersonalDetails) {
  return encrypted && maskNationalId(encrypted.suffix);
}
