/** Begins a secret that was made for development, so that production can refuse it. */
export const developmentMark = "development-";
