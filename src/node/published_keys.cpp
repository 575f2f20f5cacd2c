#include "node/published_keys.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/base/hex.hpp"

namespace dnc {
namespace {

// "test test test test test test test test test test test junk", m/44'/60'/0'/0/0 to 63.
constexpr std::string_view kAccounts[] = {
    "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
    "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", "0x90f79bf6eb2c4f870365e785982e1f101e93b906",
    "0x15d34aaf54267db7d7c367839aaf71a00a2c6a65", "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc",
    "0x976ea74026e726554db657fa54763abd0c3a0aa9", "0x14dc79964da2c08b23698b3d3cc7ca32193d9955",
    "0x23618e81e3f5cdf7f54c3d65f7fbc0abf5b21e8f", "0xa0ee7a142d267c1f36714e4a8f75612f20a79720",
    "0xbcd4042de499d14e55001ccbb24a551f3b954096", "0x71be63f3384f5fb98995898a86b02fb2426c5788",
    "0xfabb0ac9d68b0b445fb7357272ff202c5651694a", "0x1cbd3b2770909d4e10f157cabc84c7264073c9ec",
    "0xdf3e18d64bc6a983f673ab319ccae4f1a57c7097", "0xcd3b766ccdd6ae721141f452c550ca635964ce71",
    "0x2546bcd3c84621e976d8185a91a922ae77ecec30", "0xbda5747bfd65f08deb54cb465eb87d40e51b197e",
    "0xdd2fd4581271e230360230f9337d5c0430bf44c0", "0x8626f6940e2eb28930efb4cef49b2d1f2c9c1199",
    "0x09db0a93b389bef724429898f539aeb7ac2dd55f", "0x02484cb50aac86eae85610d6f4bf026f30f6627d",
    "0x08135da0a343e492fa2d4282f2ae34c6c5cc1bbe", "0x5e661b79fe2d3f6ce70f5aac07d8cd9abb2743f1",
    "0x61097ba76cd906d2ba4fd106e757f7eb455fc295", "0xdf37f81daad2b0327a0a50003740e1c935c70913",
    "0x553bc17a05702530097c3677091c5bb47a3a7931", "0x87bdce72c06c21cd96219bd8521bdf1f42c78b5e",
    "0x40fc963a729c542424cd800349a7e4ecc4896624", "0x9dcce783b6464611f38631e6c851bf441907c710",
    "0x1bcb8e569eedab4668e55145cfeaf190902d3cf2", "0x8263fce86b1b78f95ab4dae11907d8af88f841e7",
    "0xcf2d5b3cbb4d7bf04e3f7bfa8e27081b52191f91", "0x86c53eb85d0b7548fea5c4b4f82b4205c8f6ac18",
    "0x1aac82773cb722166d7da0d5b0fa35b0307dd99d", "0x2f4f06d218e426344cfe1a83d53dad806994d325",
    "0x1003ff39d25f2ab16dbcc18ece05a9b6154f65f4", "0x9eaf5590f2c84912a08de97fa28d0529361deb9e",
    "0x11e8f3ea3c6fcf12ecff2722d75cefc539c51a1c", "0x7d86687f980a56b832e9378952b738b614a99dc6",
    "0x9ef6c02fb2ecc446146e05f1ff687a788a8bf76d", "0x08a2de6f3528319123b25935c92888b16db8913e",
    "0xe141c82d99d85098e03e1a1cc1cde676556fdde0", "0x4b23d303d9e3719d6cdf8d172ea030f80509ea15",
    "0xc004e69c5c04a223463ff32042dd36dabf63a25a", "0x5eb15c0992734b5e77c888d713b4fc67b3d679a2",
    "0x7ebb637fd68c523613be51aad27c35c4db199b9c", "0x3c3e2e178c69d4bad964568415a0f0c84fd6320a",
    "0x35304262b9e87c00c430149f28dd154995d01207", "0xd4a1e660c916855229e1712090ccfd8a424a2e33",
    "0xee7f6a930b29d7350498af97f0f9672eaecbeeff", "0x145e2dc5c8238d1be628f87076a37d4a26a78544",
    "0xd6a098ebcc5f8bd4e174d915c54486b077a34a51", "0x042a63149117602129b6922ecfe3111168c2c323",
    "0xa0ec9ee47802ceb56eb58ce80f3e41630b771b04", "0xe8b1ff302a740fd2c6e76b620d45508daec2ddff",
    "0xab707cb80e7de7c75d815b1a653433f3eec44c74", "0x0d803cdeee5990f22c2a8df10a695d2312da26cc",
    "0x1c87bb9234aec6adc580eae6c8b59558a4502220", "0x4779d18931b35540f84b0cd0e9633855b84df7b8",
    "0xc0543b0b980d8c834cbdf023b2d2a75b5f9d1909", "0x73b3074ac649a8dc31c2c90a124469456301a30f",
    "0x265188114eb5d5536bc8654d8e9710fe72c28c4d", "0x924ba5ce9f91dded37b4ebf8c0dc82a40202fc0a",
};

// dstack's guest agent simulator from v0.5.8 on, and tests/vectors/signature_chain.json.
constexpr std::string_view kKmsRoots[] = {
    "0xa7f6043c29f9cc1d9d6acf554c53e0c6792aaeaf",
    "0xa7211306406a9ab5c226cd9fdffcf555449778f2",
};

}  // namespace

bool is_published(const Address& account) {
  return std::find(std::begin(kAccounts), std::end(kAccounts), to_hex0x(account)) !=
         std::end(kAccounts);
}

bool is_published_kms_root(const Address& root) {
  return is_published(root) || std::find(std::begin(kKmsRoots), std::end(kKmsRoots),
                                         to_hex0x(root)) != std::end(kKmsRoots);
}

}  // namespace dnc
