# Installs whittle where needed, then configures, builds and runs a project that uses it.
#
#   match         find_package(whittle COMPONENTS match) on an install of that component alone, where LLVM, SQLite
#                 and threads cannot be found
#   operator      the same install: operators, rules and a pass from a user's header, in two files, without exceptions
#   whittle       find_package(whittle) on a full install of this build
#   training      the same install: trains through an operator of a user's own
#   shared        the same with a shared library, made for it
#   subdirectory  add_subdirectory; sees to it that whittle brings no tests, flags or install rules along
#   fetch         FetchContent from a local folder
cmake_minimum_required(VERSION 3.22)

set(work "${BUILD}/consumers/${KIND}")
set(prefix "${work}/prefix")
file(REMOVE_RECURSE "${work}")
file(MAKE_DIRECTORY "${work}")

function(run)
    execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT status EQUAL 0)
        list(JOIN ARGV " " command)
        message("${command}\n${output}")        # apart, since FATAL_ERROR breaks lines anew
        message(FATAL_ERROR "consumers/${KIND} failed")
    endif()
endfunction()

set(configure ${CMAKE_COMMAND} -G ${GENERATOR} -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_COMPILER=${COMPILER}")
if(CCACHE)
    list(APPEND configure "-DCMAKE_CXX_COMPILER_LAUNCHER=${CCACHE}")
endif()

set(project ${KIND})
set(options "-DWHITTLE_SOURCE=${SOURCE}")
if(KIND MATCHES "^(match|operator)$")
    run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${prefix}" --component match)
    set(options "-DCMAKE_PREFIX_PATH=${prefix}"
        -DCMAKE_DISABLE_FIND_PACKAGE_LLVM=ON -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON
        -DCMAKE_DISABLE_FIND_PACKAGE_Threads=ON)
elseif(KIND MATCHES "^(whittle|training)$")
    run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${prefix}" --component match)
    run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${prefix}" --component whittle)
    set(options "-DCMAKE_PREFIX_PATH=${prefix}")
elseif(KIND STREQUAL "shared")
    set(project whittle)
    run(${configure} -S "${SOURCE}" -B "${work}/library" -DBUILD_SHARED_LIBS=ON -DWHITTLE_BUILD_TESTS=OFF
        -DWHITTLE_BUILD_EXAMPLES=OFF -DWHITTLE_BUILD_BENCH=OFF -DWHITTLE_BUILD_TOOLS=OFF)
    run(${CMAKE_COMMAND} --build "${work}/library")
    run(${CMAKE_COMMAND} --install "${work}/library" --prefix "${prefix}")
    # A shared library's user needs none of its dependencies.
    set(options "-DCMAKE_PREFIX_PATH=${prefix}"
        -DCMAKE_DISABLE_FIND_PACKAGE_LLVM=ON -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON)
endif()

run(${configure} -S "${SOURCE}/test/consumers/${project}" -B "${work}/build" ${options})
run(${CMAKE_COMMAND} --build "${work}/build")
run("${work}/build/consumer")
