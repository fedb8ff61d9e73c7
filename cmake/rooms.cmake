# melian_room(NAME DEPENDS targets...): one static library per room from src/NAME/*.cpp (unit tests excluded).
add_library(melian_flags INTERFACE)
# Every operation is rounded by itself, so that results do not depend on the processor; nobody reads the traps.
target_compile_options(melian_flags INTERFACE -Wall -Wextra -Wpedantic -Werror -fno-math-errno -fno-trapping-math -ffp-contract=off)
# g++ 12 sees overlapping copies and unset members where std::string and std::expected are inlined (GCC bugs 105651 and
# 105562); later compilers keep these warnings.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(melian_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
# clang sees through to a deprecated helper inside g++ 12's std::stable_sort.
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  target_compile_options(melian_flags INTERFACE -Wno-deprecated-declarations)
endif()
if(MELIAN_SANITIZE)
  target_compile_options(melian_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(melian_flags INTERFACE -fsanitize=address,undefined)
endif()
if(MELIAN_FUZZ)
  target_compile_options(melian_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined)
  target_link_options(melian_flags INTERFACE -fsanitize=address,undefined)
endif()

function(melian_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(melian_${name} STATIC ${sources})
    target_include_directories(melian_${name} PUBLIC
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
      PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(melian_${name} PUBLIC ${ROOM_DEPENDS} PRIVATE $<BUILD_INTERFACE:melian_flags>)
  else()
    add_library(melian_${name} INTERFACE)
    target_include_directories(melian_${name} INTERFACE
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
    target_link_libraries(melian_${name} INTERFACE ${ROOM_DEPENDS})
  endif()
endfunction()
