/** Money is counted in billionths of a dollar, in whole numbers: a token of the cheapest models costs some ten of them. */
export const PER_DOLLAR = 1e9;
