pragma circom 2.2.0;

include "lib/credential.circom";

/// @notice I know the secret behind this holder at this issuer.
/// @dev Checked off chain by the issuer, beside its identity check, before it signs a first credential.
/// @input issuerId Whose patient the holder is: Poseidon(ISSUER, Ax, Ay).
/// @input context Hash of what this proof was made for; bound by the square so that it cannot be exchanged.
/// @output holder Poseidon(HOLDER, holderSecret, issuerId).
template Enrolment() {
    signal input holderSecret;
    signal input issuerId;
    signal input context;
    signal output holder <== Holder()(holderSecret, issuerId);

    signal contextSquared <== context * context;
}

component main {public [issuerId, context]} = Enrolment();
