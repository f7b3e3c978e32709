export type Job = {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly family: string | null;
  readonly level: string | null;
};

export type Location = {
  readonly id: string;
  readonly name: string;
  readonly city: string | null;
  readonly countryCode: string;
  readonly subdivisionCode: string | null;
  readonly timeZone: string;
};

export type LegalEntity = {
  readonly id: string;
  readonly name: string;
  readonly countryCode: string;
  readonly defaultCurrency: string;
};
