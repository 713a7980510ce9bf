pragma circom 2.2.0;

include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/eddsaposeidon.circom";
include "circomlib/circuits/poseidon.circom";
include "../generated/parameters.circom";
include "ranges.circom";
include "status.circom";
include "tree.circom";

/// @notice Name of the organisation with this signing key: Poseidon(ISSUER, Ax, Ay).
template IssuerId() {
    signal input key[2];
    signal output id <== Poseidon(3)([TAG_ISSUER(), key[0], key[1]]);
}

/// @notice Who a patient is to one issuer, and to no other: Poseidon(HOLDER, secret, issuerId).
template Holder() {
    signal input secret;
    signal input issuerId;
    signal output holder <== Poseidon(3)([TAG_HOLDER(), secret, issuerId]);
}

/// @notice The issuer signed this credential.
/// @dev circomlib's verifier refuses S >= the subgroup order and a key of small order, but trusts its caller that both
///      points are on the curve: that is checked here. `enabled` is the constant 1.
template SignedBy() {
    signal input key[2];
    signal input message;
    signal input r8[2];
    signal input s;

    BabyCheck()(key[0], key[1]);
    BabyCheck()(r8[0], r8[1]);
    EdDSAPoseidonVerifier()(1, key[0], key[1], s, r8[0], r8[1], message);
}

/// @notice A credential about me was signed by an issuer that is valid today, and it is neither revoked nor expired.
/// @input completeCategories, completeSystems, setsEdition What the record is complete for (16, 24, 16 bits).
/// @input completeSince, asOf, expires Days + 2^17.
/// @input today Day + 2^17 of the proof.
/// @output issuersRoot Root of the tree of valid issuers. Which of them signed stays secret.
template ValidCredential() {
    var depth = TREE_DEPTH();
    signal input {maxbit} today;
    signal input holderSecret;

    signal input issuerKey[2];
    signal input issuerRoles;
    signal input issuerValidUntil;
    signal input issuerPosition;
    signal input issuerChildren[depth][4];

    signal input recordRoot;
    signal input leafCount;
    signal input completeCategories;
    signal input completeSystems;
    signal input setsEdition;
    signal input completeSince;
    signal input asOf;
    signal input expires;
    signal input statusIndex;
    signal input signatureR8[2];
    signal input signatureS;

    signal input statusWord;
    signal input statusChildren[depth][4];

    signal output issuersRoot;
    signal output {binary} roleBit[16];
    signal output {binary} categoryBit[COMPLETE_BITS_CATEGORIES()];
    signal output {binary} systemBit[COMPLETE_BITS_SYSTEMS()];
    signal output {maxbit} rangedSetsEdition;
    signal output {maxbit} rangedCompleteSince;
    signal output {maxbit} rangedAsOf;

    // 1. The issuer knows me by this name, ...
    signal issuerId <== IssuerId()(issuerKey);
    signal holder <== Holder()(holderSecret, issuerId);

    // 2. ... says what the record is complete for, each field within its width, ...
    signal {maxbit} rangedCategories;
    signal {maxbit} rangedSystems;
    (rangedCategories, categoryBit) <== RangedBits(COMPLETE_BITS_CATEGORIES())(completeCategories);
    (rangedSystems, systemBit) <== RangedBits(COMPLETE_BITS_SYSTEMS())(completeSystems);
    rangedSetsEdition <== Ranged(COMPLETE_BITS_SETS_EDITION())(setsEdition);
    signal complete <== (rangedCategories * (1 << COMPLETE_BITS_SYSTEMS()) + rangedSystems)
        * (1 << COMPLETE_BITS_SETS_EDITION()) + rangedSetsEdition;

    // 3. ... and signed all of it about me.
    signal credential <== Poseidon(9)([
        TAG_CREDENTIAL(), holder, recordRoot, leafCount, complete, completeSince, asOf, expires, statusIndex
    ]);
    SignedBy()(issuerKey, credential, signatureR8, signatureS);

    // 4. The credential has not expired and is not from the future.
    rangedCompleteSince <== Ranged(DAY_BITS())(completeSince);
    rangedAsOf <== Ranged(DAY_BITS())(asOf);
    signal {maxbit} rangedExpires <== Ranged(DAY_BITS())(expires);
    AssertAtMost(DAY_BITS())(today, rangedExpires);
    AssertAtMost(DAY_BITS())(rangedAsOf, today);

    // 5. It has not been revoked.
    signal statusRoot <== NotRevoked()(statusIndex, statusWord, statusChildren);

    // 6. The issuer is in the tree of valid issuers with these roles and this status list, and still is today.
    signal {maxbit} rangedRoles;
    (rangedRoles, roleBit) <== RangedBits(16)(issuerRoles);
    signal {maxbit} rangedValidUntil <== Ranged(DAY_BITS())(issuerValidUntil);
    AssertAtMost(DAY_BITS())(today, rangedValidUntil);
    signal issuerLeaf <== Poseidon(4)([
        TAG_ISSUER_LEAF(), issuerId, rangedRoles * (1 << DAY_BITS()) + rangedValidUntil, statusRoot
    ]);
    signal {maxbit} rangedPosition;
    signal {binary} position[2 * depth];
    (rangedPosition, position) <== RangedBits(2 * depth)(issuerPosition);
    issuersRoot <== TreeRoot(depth)(issuerLeaf, position, issuerChildren);
}
