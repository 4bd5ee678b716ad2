// The app's version, as package.json gives it; a test holds the two together.
export const VERSION = "0.2.0";
