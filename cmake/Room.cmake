# room(<name> [ROOMS <room>...] [LIBS <target>...])
#
# One room = one folder = one library. The folder is the caller's; its *.cpp make the library
# room_<name>, its *_test.cpp the test program <name>_test. A room links only the rooms it names,
# so the include table of docs/architecture.md is held by the linker as well as by the tidy test.
add_custom_target(unit_tests)

function(room NAME)
  cmake_parse_arguments(ARG "" "" "ROOMS;LIBS" ${ARGN})
  file(GLOB SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(TESTS ${SOURCES})
  list(FILTER SOURCES EXCLUDE REGEX "_(test|bench|fuzz)\\.cpp$")
  list(FILTER TESTS INCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM ARG_ROOMS PREPEND room_)

  if(SOURCES)
    add_library(room_${NAME} STATIC ${SOURCES})
    target_include_directories(room_${NAME} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(room_${NAME} PUBLIC ${ARG_ROOMS} ${ARG_LIBS})
  else()
    add_library(room_${NAME} INTERFACE)
    target_include_directories(room_${NAME} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(room_${NAME} INTERFACE ${ARG_ROOMS} ${ARG_LIBS})
  endif()

  if(TESTS)
    add_executable(${NAME}_test ${TESTS})
    add_dependencies(unit_tests ${NAME}_test)
    target_link_libraries(${NAME}_test PRIVATE room_${NAME} GTest::gtest GTest::gtest_main)
    target_compile_definitions(${NAME}_test PRIVATE DNC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME unit.${NAME} COMMAND ${NAME}_test)
    set_tests_properties(unit.${NAME} PROPERTIES LABELS unit TIMEOUT 900)
  endif()
endfunction()
