// Integers of 128 bits, which g++ and clang have as an extension.
#pragma once

namespace whittle {
inline namespace v0 {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

}  // namespace v0
}  // namespace whittle
