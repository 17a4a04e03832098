import { named, type ProviderKeys, token } from "../../provider-key.ts";
import { alnum, any, digits, hex, lower, of, shape, uuid, word } from "../../shape.ts";

export const payments: ProviderKeys = {
  title: { en: "Payments, shops and finance", de: "Zahlungen, Läden und Finanzen" },
  keys: [
    token("square-token", "Square", shape`sq0atp-${word(22, 60)}`, shape`sq0csp-${word(43)}`, shape`EAAA${word(22, 60)}`),
    token("shopify-token", "Shopify", shape`${any("shpat", "shpca", "shppa", "shpss")}_${of("A-Fa-f0-9", 32)}`),
    token("braintree-token", "Braintree", shape`access_token$production$${lower(16)}$${hex(32)}`),
    token("razorpay-key", "Razorpay", shape`rzp_${any("live", "test")}_${alnum(14)}`),
    token("paddle-key", "Paddle", shape`pdl_${any("live", "sdbx")}_apikey_${of("A-Za-z0-9_", 40, 69)}`),
    token(
      "flutterwave-key",
      "Flutterwave",
      shape`${any("FLWSECK_TEST", "FLWPUBK_TEST", "FLWSECK", "FLWPUBK")}-${lower(12)}`,
      shape`${any("FLWSECK_TEST", "FLWPUBK_TEST", "FLWSECK", "FLWPUBK")}-${lower(32)}-X`,
    ),
    named("gocardless-token", "GoCardless", ["gocardless"], shape`live_${of("A-Za-z0-9_=-", 40)}`),
    token("plaid-token", "Plaid", shape`access-${any("sandbox", "development", "production")}-${uuid}`),
    named("plaid-key", "Plaid", ["plaid"], lower(30), lower(24)),
    token("easypost-key", "EasyPost", shape`${any("EZAK", "EZTK")}${alnum(54)}`),
    token("shippo-token", "Shippo", shape`shippo_${any("live", "test")}_${of("A-Fa-f0-9", 40)}`),
    token("duffel-token", "Duffel", shape`duffel_${any("live", "test")}_${of("A-Za-z0-9_=-", 43)}`),
    named("lob-key", "Lob", ["lob"], shape`${any("live", "test")}_pub_${hex(31)}`, shape`${any("live", "test")}_${hex(35)}`),
    named("mollie-key", "Mollie", ["mollie"], shape`${any("live", "test")}_${alnum(30)}`),
    named("coinbase-token", "Coinbase", ["coinbase"], word(64)),
    named("kraken-key", "Kraken", ["kraken"], of("A-Za-z0-9/=_+-", 80, 90)),
    named("kucoin-key", "KuCoin", ["kucoin"], uuid, hex(24)),
    named("bittrex-key", "Bittrex", ["bittrex"], lower(32)),
    named("etsy-key", "Etsy", ["etsy"], lower(24)),
    named("finicity-key", "Finicity", ["finicity"], hex(32), lower(20)),
    named("finnhub-key", "Finnhub", ["finnhub"], lower(20)),
    named("freemius-key", "Freemius", ["secret_key"], shape`sk_${of("A-Za-z0-9!#$%&*+,.:;<=>?@^_~-", 29)}`),
    named("freshbooks-token", "FreshBooks", ["freshbooks"], lower(64)),
    named("squarespace-token", "Squarespace", ["squarespace"], uuid),
    named("facebook-app-token", "Facebook", ["facebook", "fb_app"], shape`${digits(15, 16)}${of("|%", 1)}${word(27, 40)}`),
  ],
};
