/** The words of the page for whoever has no session. */
export const login = {
  "login.title": "Log in to Holdfast",
  "login.how": "The console has no password. It opens with a link that works once and is printed in the terminal.",
  "login.step.start": "Look at the terminal in which Holdfast was started: the link stands beside the word “console”.",
  "login.step.command": "Or make a new link on the machine that runs Holdfast:",
  "login.busy": "Logging in …",
  "login.used": "This link is unknown, has been used or has expired. Each one works once.",
  "login.failed": "The gateway could not be asked. Is it still running?",
  "login.refused": "Your browser did not keep the session cookie. Allow cookies for this address and use a new link.",
  "login.already": "You are already logged in.",
  "login.continue": "Go to the console",
  "login.provider": "Sign in with {provider}",
  "login.or": "Whoever runs Holdfast also comes in with a link that works once.",
  "login.fault.unreachable": "{provider} did not answer in time. Try again in a moment. If it stays so, tell whoever runs Holdfast.",
  "login.fault.invalid":
    "What {provider} answered could not be relied on, so nobody was let in. Try again. If it stays so, tell whoever runs Holdfast: the reason stands in its log.",
  "login.fault.refused": "{provider} did not sign you in, or you turned back there. You can begin again.",
  "login.fault.over":
    "This sign-in was used already, took longer than ten minutes, or was begun in another browser, or before another one. Begin again here; the browser has to accept cookies for this address.",
  "login.fault.unverified": "{provider} does not vouch for your e-mail address. Confirm the address there, then begin again.",
  "login.fault.unknown": "{provider} knows you, but that account belongs to nobody here. Ask whoever runs Holdfast to add you, or take another account there.",
  "login.fault.unavailable": "Holdfast can let nobody in at the moment. Try again in a minute.",
  "login.fault.elsewhere": "Signing in begins at this address. Begin here.",
} as const;
