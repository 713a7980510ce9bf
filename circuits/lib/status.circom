pragma circom 2.2.0;

include "../generated/parameters.circom";
include "ranges.circom";
include "tree.circom";

/// @notice The credential's bit in its issuer's status list is 0: it has not been revoked.
/// @input index leaf 12 | bit 8. Bits 248 to 255 of a leaf do not exist.
/// @input word The leaf, 248 bits; 1 is revoked.
/// @output root Root of the status list.
template NotRevoked() {
    var depth = TREE_DEPTH();
    signal input index;
    signal input word;
    signal input children[depth][4];
    signal output root;

    // 1. The index tells a leaf and a bit in it.
    signal {maxbit} rangedIndex;
    signal {binary} indexBit[8 + 2 * depth];
    (rangedIndex, indexBit) <== RangedBits(8 + 2 * depth)(index);

    // 2. The word is that leaf.
    signal {binary} position[2 * depth];
    for (var i = 0; i < 2 * depth; i++) position[i] <== indexBit[8 + i];
    root <== TreeRoot(depth)(word, position, children);

    // 3. Its bit is 0. The eight bits a word does not have read as revoked, so no credential has two indexes.
    signal {maxbit} rangedWord;
    signal {binary} wordBit[STATUS_WORD_BITS()];
    (rangedWord, wordBit) <== RangedBits(STATUS_WORD_BITS())(word);
    component choice = Choice(8);
    for (var i = 0; i < 8; i++) choice.index[i] <== indexBit[i];
    for (var i = 0; i < 256; i++) {
        if (i < STATUS_WORD_BITS()) choice.options[i] <== wordBit[i];
        else choice.options[i] <== 1;
    }
    choice.out === 0;
}
