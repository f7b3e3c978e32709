import { type Scope, scopeDescriptions } from "@hr/access";

/** Every sentence of the pages, in English. */
export const english = {
  language: "en",
  error: (title: string) => `Error: ${title}`,
  tooManyAttempts: (wait: string) => `Too many attempts. Try again ${wait}.`,
  login: {
    title: "Sign in",
    toContinue: (client: string) => `to continue to ${client}`,
    email: "Email",
    password: "Password",
    submit: "Sign in",
    cancel: "Cancel",
    refused:
      "The email or the password is not right. Check both and try again.",
    passkey: "Use a passkey instead",
    passkeyFailed:
      "No passkey was used. Try again, or sign in with your password.",
    passkeyRefused:
      "That passkey does not let you in. Try another one, or sign in with your password.",
  },
  passkey: {
    use: {
      title: "Use your passkey",
      text: "Your password is not enough here. Confirm with your passkey that it is you.",
      submit: "Use a passkey",
    },
    first: {
      title: "Set up a passkey",
      text: "A passkey proves that it is you, better than a password can. Your device keeps it and asks for your fingerprint, your face or a PIN when you use it.",
      next: "Afterwards you use it once to sign in.",
      submit: "Create a passkey",
    },
    kept: {
      title: "Your passkeys",
      text: "With each of these you can sign in without your password.",
      kinds: {
        singleDevice: "Passkey on one device",
        multiDevice: "Passkey on all your devices",
      },
      added: (day: string) => `Added on ${day}.`,
      used: (day: string) => `Last used on ${day}.`,
      remove: "Remove",
      last: "Your last passkey cannot be removed. Add another one first.",
      add: "Add a passkey",
      continue: "Continue",
    },
    without:
      "This browser cannot use passkeys. Open the application in another one that can.",
    failed: "No passkey was used. Try again.",
    refused: "That passkey was not accepted. Try again.",
  },
  demo: {
    title: "Demo company – development only",
    text: "Choose somebody; the password of all is",
  },
  consent: {
    title: (client: string) => `Allow ${client}?`,
    signedIn: (person: string) => `Signed in as ${person}.`,
    text: (client: string) =>
      `${client} asks to act for you, as far as your role allows, now and when your role changes. Today that is:`,
    allow: "Allow",
    deny: "Deny",
  },
  reach: {
    own: "Your own data",
    see: "What it may see",
    act: "What it may do in your name",
  },
  scopes: scopeDescriptions as Readonly<Record<Scope, string>>,
  device: {
    title: "Connect a device",
    text: "Enter the code that your device or program shows.",
    code: "Code",
    hint: "Eight letters, for example BCDF\u2011GHJK.",
    submit: "Continue",
    faults: {
      wrong:
        "There is no such code, or it has expired. Compare it with your device and try again.",
      used: "The code has been used. Start again on your device and enter the new code.",
      stale: "This page was open for too long. Enter the code again.",
      failed: "Something went wrong here. Enter the code again.",
    },
    confirmTitle: (client: string) => `Connect ${client}?`,
    compare: (client: string) => `Compare this code with what ${client} shows:`,
    warning:
      "Only continue if you started this yourself. If somebody sent you this code, deny: your data would be theirs.",
    asks: (client: string) =>
      `${client} asks for what follows. It gets no more of it than your role allows.`,
    continue: "Continue",
    deny: "Deny",
    allowedTitle: "Your device is connected",
    allowedText: (client: string) =>
      `You can close this page and go back to ${client}.`,
    deniedTitle: "Access denied",
    deniedText: "Your device gets no access. You can close this page.",
  },
  logout: {
    title: "Sign out",
    question: "Sign out?",
    text: "This ends your session in every HR application.",
    submit: "Sign out",
    stay: "Stay signed in",
    doneTitle: "You are signed out",
    doneText: "You can close this page.",
  },
  faults: {
    foreignForm: {
      title: "Form refused",
      text: "This form was sent from another site. Go back to the application and sign in from there.",
    },
    expired: {
      title: "Sign-in expired",
      text: "This sign-in is not open in this browser any more. Go back to the application and start again.",
    },
    unreadable: {
      title: "Form not understood",
      text: "The form did not arrive as it should. Go back to the application and start again.",
    },
    notFound: {
      title: "Nothing here",
      text: "There is no such page in this sign-in. Go back to the application and start again.",
    },
  },
  /** By OAuth error code; `other` for those where a person can do nothing special. */
  errors: {
    title: "That did not work",
    code: "Error code for support:",
    texts: {
      access_denied:
        "Access was denied, or your role allows nothing of what the application asked for. If you need it, ask your HR team.",
      invalid_client:
        "The application is not known here. Tell the people who run it.",
      invalid_redirect_uri:
        "The application wanted to send you to an address that is not registered for it. To protect you, nothing was sent. Tell the people who run it.",
      unmet_authentication_requirements:
        "The application needs a stronger way to sign in than was used. Start again there, and use a passkey.",
      server_error: "Something went wrong here. Try again in a few minutes.",
      temporarily_unavailable:
        "This service cannot answer just now. Try again in a few minutes.",
      other:
        "The application sent a request that cannot be answered, or it has expired. Go back to the application and start again.",
    },
  },
};

export type Words = typeof english;
