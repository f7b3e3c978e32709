import type { DemoDate, DemoPersonalDetails } from "./company.ts";
import { addDays } from "./days.ts";
import type { Profile } from "./people.ts";
import type { Random } from "./random.ts";

/** Invented, from ranges set aside for fiction: no number rings and no identifier exists. */
export function personalDetailsOf(
  profile: Profile,
  hireDate: DemoDate,
  random: Random,
): DemoPersonalDetails {
  const place = placeOf(profile.locationId);
  const digits = (length: number) =>
    String(random.between(0, 10 ** length - 1)).padStart(length, "0");
  return {
    legalName: `${profile.givenName} ${profile.familyName}`.trim(),
    dateOfBirth: addDays(hireDate, -random.between(7_000, 16_000)),
    nationality: place.countryCode,
    maritalStatus: random.pick([
      "SINGLE",
      "MARRIED",
      "DIVORCED",
      "UNDISCLOSED",
    ]),
    personalEmail: `${profile.id.replace("emp_", "home-")}@example.org`,
    personalPhone: place.phone + digits(3),
    homeAddress: {
      line1: random
        .pick(place.streets)
        .replace("#", String(random.between(1, 90))),
      postalCode: place.postalCode,
      city: place.city,
      countryCode: place.countryCode,
    },
    emergencyContact: {
      name:
        random.pick(["Alex", "Robin", "Kim", "Noa"]) +
        " " +
        (profile.familyName || profile.givenName),
      relationship: random.pick(["partner", "parent", "sibling", "friend"]),
      phone: place.phone + digits(3),
    },
    nationalId: place.nationalId.replace("#", digits(6)),
  };
}

type Place = {
  readonly city: string;
  readonly countryCode: string;
  readonly postalCode: string;
  readonly streets: readonly [string, ...string[]];
  readonly phone: string;
  readonly nationalId: string;
};

const berlin: Place = {
  city: "Berlin",
  countryCode: "DE",
  postalCode: "10999",
  streets: ["Ahornweg #", "Am Alten Speicher #", "Lindenufer #"],
  phone: "+49 30 23125 ",
  nationalId: "00000#",
};

const munich: Place = {
  city: "München",
  countryCode: "DE",
  postalCode: "80469",
  streets: ["Kastanienallee #", "Isarblick #"],
  phone: "+49 89 99998 ",
  nationalId: "00000#",
};

const london: Place = {
  city: "London",
  countryCode: "GB",
  postalCode: "SE1 0ZZ",
  streets: ["# Larkspur Road", "# Tanner’s Yard"],
  phone: "+44 20 7946 0",
  nationalId: "QQ#C",
};

const tokyo: Place = {
  city: "東京都",
  countryCode: "JP",
  postalCode: "100-0000",
  streets: ["緑町#", "川端#"],
  phone: "+81 3 0000 0",
  nationalId: "000000#",
};

function placeOf(locationId: string): Place {
  if (locationId === "loc_munich") return munich;
  if (locationId === "loc_london") return london;
  return locationId === "loc_tokyo" ? tokyo : berlin;
}
