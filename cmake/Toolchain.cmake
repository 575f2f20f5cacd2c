# Warnings, sanitizers, and the two helpers that make builds short where they are installed.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
# GCC 12 reports overflows inside std::vector and std::string that cannot happen (GCC bug 105329).
add_compile_options(-Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict)

if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  add_compile_options(-Wno-unknown-warning-option)
endif()

if(DNC_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(DNC_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
