pragma circom 2.2.0;

include "eligibility.circom";

component main {public [context, occasion]} = Eligibility(14, 12);
