/** `holdfast/detectors`: what finds things in texts. It needs nothing, in a browser as anywhere. */
import type { Detector } from "../core/detector.ts";
import { lookAlikeLetters } from "./content/look-alike-letters.ts";
import { writtenEscape } from "./content/written-escape.ts";
import { anthropicKey } from "./credential/anthropic-key.ts";
import { assignedSecret } from "./credential/assigned-secret.ts";
import { authorizationHeader } from "./credential/authorization-header.ts";
import { awsAccessKey } from "./credential/aws-access-key.ts";
import { awsSecretKey } from "./credential/aws-secret-key.ts";
import { cloudStorageKey } from "./credential/cloud-storage-key.ts";
import { connectionString } from "./credential/connection-string.ts";
import { curlPassword } from "./credential/curl-password.ts";
import { encodedPrivateKey } from "./credential/encoded-private-key.ts";
import { githubToken } from "./credential/github-token.ts";
import { gitlabToken } from "./credential/gitlab-token.ts";
import { googleApiKey } from "./credential/google-api-key.ts";
import { holdfastKey } from "./credential/holdfast-key.ts";
import { jwt } from "./credential/jwt.ts";
import { npmToken } from "./credential/npm-token.ts";
import { openaiKey } from "./credential/openai-key.ts";
import { otpSecret } from "./credential/otp-secret.ts";
import { passwordHash } from "./credential/password-hash.ts";
import { privateKey } from "./credential/private-key.ts";
import { providers } from "./credential/providers/index.ts";
import { puttyKey } from "./credential/putty-key.ts";
import { quotedPassword } from "./credential/quoted-password.ts";
import { sessionCookie } from "./credential/session-cookie.ts";
import { slackToken } from "./credential/slack-token.ts";
import { stripeKey } from "./credential/stripe-key.ts";
import { toldPassword } from "./credential/told-password.ts";
import { toldPin } from "./credential/told-pin.ts";
import { wifiKey } from "./credential/wifi-key.ts";
import { writtenPassword } from "./credential/written-password.ts";
import { iban } from "./financial/iban.ts";
import { paymentCard } from "./financial/payment-card.ts";
import { fakeTurn } from "./injection/fake-turn.ts";
import { falseAuthority } from "./injection/false-authority.ts";
import { forcedTool } from "./injection/forced-tool.ts";
import { hiddenOrder } from "./injection/hidden-order.ts";
import { instructionOverride } from "./injection/instruction-override.ts";
import { manyShot } from "./injection/many-shot.ts";
import { persona } from "./injection/persona-jailbreak.ts";
import { policyPuppetry } from "./injection/policy-puppetry.ts";
import { promptLeak } from "./injection/prompt-extraction.ts";
import { spacedLetters } from "./injection/spaced-letters.ts";
import { privateAddress } from "./internal/private-address.ts";
import { bic } from "./personal/bic.ts";
import { birthDate } from "./personal/birth-date.ts";
import { commercialRegister } from "./personal/commercial-register.ts";
import { drivingLicence } from "./personal/driving-licence.ts";
import { email } from "./personal/email.ts";
import { englishAddress } from "./personal/english-address.ts";
import { germanHealthInsurance } from "./personal/german-health-insurance.ts";
import { germanIdCard } from "./personal/german-id-card.ts";
import { germanSocialInsurance } from "./personal/german-social-insurance.ts";
import { germanTaxId } from "./personal/german-tax-id.ts";
import { germanTaxNumber } from "./personal/german-tax-number.ts";
import { machineReadableZone } from "./personal/machine-readable-zone.ts";
import { medicalPractice, physicianNumber } from "./personal/medical-practice.ts";
import { europeanIds } from "./personal/national/index.ts";
import { numberPlate } from "./personal/number-plate.ts";
import { passport } from "./personal/passport.ts";
import { phone } from "./personal/phone.ts";
import { postalAddress } from "./personal/postal-address.ts";
import { spelledEmail } from "./personal/spelled-email.ts";
import { usBankRouting } from "./personal/us-bank-routing.ts";
import { usNumbers } from "./personal/us-numbers.ts";
import { usSocialSecurity } from "./personal/us-social-security.ts";
import { vatNumber } from "./personal/vat-number.ts";
import { invisible } from "./smuggling/invisible-text.ts";
import { terminalControl } from "./smuggling/terminal-control.ts";

export type { Finding, FindingKind } from "../core/detector.ts";
export { conduct } from "./conduct.ts";
export { marks } from "./marks.ts";
export { type Allowance, allowing } from "./own/allow.ts";
export { costOf, makingMatch, makingRule, type OwnRule, ownRule, type WholeMatch, wholeMatch } from "./own/own-rule.ts";
export { scan, scanner } from "./scan.ts";
export type { Detector };

/** Everything that ships, from the specific to the general: where two find exactly the same, the first one names it. */
export const detectors: readonly Detector[] = [
  privateKey,
  encodedPrivateKey,
  puttyKey,
  connectionString,
  awsAccessKey,
  githubToken,
  gitlabToken,
  anthropicKey,
  openaiKey,
  googleApiKey,
  slackToken,
  stripeKey,
  npmToken,
  holdfastKey,
  ...providers.flatMap(({ keys }) => keys),
  jwt,
  passwordHash,
  otpSecret,
  cloudStorageKey,
  sessionCookie,
  awsSecretKey,
  authorizationHeader,
  curlPassword,
  writtenPassword,
  assignedSecret,
  quotedPassword,
  wifiKey,
  toldPassword,
  toldPin,
  paymentCard,
  iban,
  bic,
  usBankRouting,
  vatNumber,
  germanTaxId,
  germanSocialInsurance,
  germanHealthInsurance,
  germanTaxNumber,
  germanIdCard,
  machineReadableZone,
  passport,
  drivingLicence,
  medicalPractice,
  physicianNumber,
  commercialRegister,
  numberPlate,
  ...europeanIds,
  usSocialSecurity,
  ...usNumbers,
  birthDate,
  postalAddress,
  englishAddress,
  email,
  spelledEmail,
  phone,
  privateAddress,
  instructionOverride,
  hiddenOrder,
  promptLeak,
  persona,
  fakeTurn,
  forcedTool,
  falseAuthority,
  policyPuppetry,
  manyShot,
  spacedLetters,
  invisible,
  terminalControl,
  lookAlikeLetters,
  writtenEscape,
];
